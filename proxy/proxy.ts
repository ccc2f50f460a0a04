/** One proxy, put together: store, routing, sending loops, the peer's events, the APIs, the line to the controller. */
import { v4 as uuidv4 } from 'uuid'
import { Api } from '../shared/process/api.ts'
import { LOOPBACK } from '../shared/process/guard.ts'
import { addHealth } from '../shared/process/health.ts'
import { HttpClient } from '../shared/process/http-client.ts'
import { serveApp } from '../shared/process/http-server.ts'
import type { ProcessContext } from '../shared/process/run.ts'
import type { Secret } from '../shared/process/secret.ts'
import { openStore } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import type { PeerKind, ProxyEvent } from '../shared/protocol/local.ts'
import type { Presence } from '../shared/protocol/overlay.ts'
import { Asker } from './asker.ts'
import { Carrier } from './carrier.ts'
import { followController } from './controller-link.ts'
import { credentialOf } from './credential-of.ts'
import { type Destination, Destinations, marksOf } from './destinations.ts'
import { keepHouse } from './housekeeping.ts'
import { Inbox, type KeptEvent } from './inbox.ts'
import { addLocalApi } from './local-api.ts'
import { migrations } from './migrations.ts'
import { Outbox } from './outbox.ts'
import { addOverlayApi } from './overlay-api.ts'
import { PeerLink } from './peer-link.ts'
import { Peers } from './peers.ts'
import { createCaller } from './providers/caller.ts'
import { Questions } from './questions.ts'
import { Routing } from './routing.ts'
import { readStoreId } from './settings.ts'
import { HttpTransport } from './transport.ts'

export type ProxySettings = {
  readonly name: string
  readonly kind: PeerKind
  readonly kinds: Iterable<readonly [name: string, kind: PeerKind]>
  readonly port: number
  readonly controller: string
  readonly dashboard: string
  readonly storeFile: string
  readonly key: Secret
}

/** Resolves once there is a routing table to serve with: the controller's, or the last good one on disk. */
export async function startProxy(settings: ProxySettings, { log, signal, started }: ProcessContext): Promise<void> {
  const { name: owner, port, kind } = settings
  const now = () => Date.now()
  const random = Math.random

  const store = openStore({ path: settings.storeFile, migrations })
  started.add({ [Symbol.dispose]: () => store.close() })
  const storeId = await readStoreId(store)
  const client = started.add(new HttpClient())
  const caller = createCaller({ random, log })
  started.add({ [Symbol.asyncDispose]: () => caller.close() })

  const routing = new Routing(store)
  const destinations = new Destinations(store, uuidv4)
  const outbox = new Outbox(store, destinations)
  const inbox = new Inbox(store, owner)
  const questions = new Questions(store)
  const waiting = new Map<string, string>()

  const link: PeerLink = new PeerLink({
    inbox,
    present: (): ProxyEvent[] => [
      { kind: 'hello', name: owner, store: storeId },
      { kind: 'peers', peers: peers.list() },
      controllerEvent(),
      ...destinations.all().map(progress),
      ...[...waiting].map(([destination, reason]) => ({ kind: 'waiting' as const, destination, reason })),
      ...asker.present(),
    ],
    attachmentChanged: () => carrier.newsFor(),
  })
  const peers = new Peers({
    routing,
    kinds: settings.kinds,
    changed: list => link.tell({ kind: 'peers', peers: list }),
  })
  const keep = (event: KeptEvent) => inbox.keep(event)
  const keptEventsWait = () => link.keptEventsWait()
  const tell = (event: ProxyEvent) => link.tell(event)
  const progressed = (name: string) => {
    const destination = destinations.find(name)
    if (destination !== undefined) tell(progress(destination))
  }
  let reachable = true
  const controllerEvent = (): ProxyEvent => ({ kind: 'controller', reachable, joined: routing.isReady })
  const ownPresence = (): Presence => ({ kind, online: link.isAttached })

  const asker: Asker = started.add(
    new Asker({
      owner,
      store,
      questions,
      caller,
      keep,
      keptEventsWait,
      tell,
      log,
      now,
      route: name => routing.api(name),
      credential: credentialOf(routing, settings.dashboard),
    }),
  )
  const transport = started.add(new HttpTransport(name => routing.peer(name)))
  const listener = {
    progressed,
    presence: (name: string, presence: Presence | null) => peers.met(name, presence),
    waiting: (name: string, reason: string | null) => {
      if ((waiting.get(name) ?? null) === reason) return
      if (reason === null) waiting.delete(name)
      else waiting.set(name, reason)
      tell({ kind: 'waiting', destination: name, reason })
    },
  }
  const carrier: Carrier = started.add(
    new Carrier(
      {
        owner,
        store,
        outbox,
        destinations,
        inbox,
        routing,
        transport,
        asker,
        listener,
        keep,
        keptEventsWait,
        ownPresence,
        log,
        random,
        now,
      },
      signal,
    ),
  )

  let receivedCount = 0
  const acknowledged = () => destinations.all().reduce((sum, destination) => sum + destination.acknowledged, 0)
  const acknowledgedBefore = acknowledged()
  const counters = () => ({
    ...carrier.counts,
    received: receivedCount,
    delivered: acknowledged() - acknowledgedBefore,
    waiting: outbox.waiting(),
  })
  const api = new Api({ title: `Overlay Chat proxy of ${owner}`, log })
  addLocalApi(api, { carrier, inbox, link, peers, store, storeId, isReady: () => routing.isReady })
  const received = (count: number) => {
    receivedCount += count
  }
  addOverlayApi(api, { store, inbox, destinations, link, peers, carrier, ownPresence, progressed, received, log })
  addHealth(api, {
    notReady: () =>
      routing.isReady ? undefined : 'no routing table yet: the controller was not reachable since the first start',
    metrics: () =>
      Object.entries(counters()).map(([name, value]) => ({
        name: name === 'waiting' ? name : `${name}_total`,
        help: `messages ${name}`,
        type: name === 'waiting' ? 'gauge' : 'counter',
        value,
      })),
  })
  started.add(await serveApp(api.app, { process: `the proxy of ${owner}`, port }))

  const ready = new Wake()
  const tableApplied = () => {
    carrier.routesChanged()
    peers.tellChanges()
    tell(controllerEvent())
    ready.ring()
  }
  const controllerIs = (isThere: boolean) => {
    reachable = isThere
    tell(controllerEvent())
  }
  const self = { name: owner, host: LOOPBACK, port }
  const credentialsChanged = () => peers.tellChanges()
  const { controller, key } = settings
  started.addWork(
    followController(
      { controller, self, key, client, routing, counters, tableApplied, credentialsChanged, controllerIs, log, random },
      signal,
    ),
  )
  started.addWork(keepHouse({ carrier, store, questions, now }, signal))
  await asker.resume()
  if (routing.isReady) tableApplied()
  while (!routing.isReady && !signal.aborted) await ready.sleep(signal)
}

const progress = (destination: Destination): ProxyEvent => ({
  kind: 'progress',
  destination: destination.name,
  marks: marksOf(destination),
})
