/** A proxy of real parts without process, socket or controller: for tests of how its parts work together. */
import { join } from 'node:path'
import { v4 as uuidv4 } from 'uuid'
import { onTestFinished } from 'vitest'
import { Asker } from '../../proxy/asker.ts'
import { Carrier } from '../../proxy/carrier.ts'
import { Destinations, marksOf } from '../../proxy/destinations.ts'
import { Identity } from '../../proxy/identity.ts'
import { Inbox, type KeptEvent } from '../../proxy/inbox.ts'
import { addLocalApi } from '../../proxy/local-api.ts'
import { migrations } from '../../proxy/migrations.ts'
import { Outbox } from '../../proxy/outbox.ts'
import { addOverlayApi } from '../../proxy/overlay-api.ts'
import { PeerLink } from '../../proxy/peer-link.ts'
import { Peers } from '../../proxy/peers.ts'
import type { Caller } from '../../proxy/providers/caller.ts'
import { Questions } from '../../proxy/questions.ts'
import { Routing } from '../../proxy/routing.ts'
import { Api } from '../../shared/process/api.ts'
import { silentLog } from '../../shared/process/log.ts'
import { openStore, type Store } from '../../shared/process/store.ts'
import { ProxyEvent } from '../../shared/protocol/local.ts'
import type { Presence } from '../../shared/protocol/overlay.ts'
import type { Endpoints } from '../../shared/protocol/route.ts'
import { Heard } from './heard.ts'
import type { MemoryNetwork } from './memory-transport.ts'

export type MemoryProxyOptions = {
  readonly name: string
  readonly folder: string
  readonly network: MemoryNetwork
  readonly endpoints?: Endpoints
  readonly caller?: Caller
  readonly random?: () => number
  readonly now?: () => number
  readonly lifetimeMs?: number
  /** Wraps the store, for faults of the disk. */
  readonly wrap?: (store: Store) => Store
}

export type Told = ProxyEvent | { readonly kind: 'presence'; readonly name: string; readonly presence: Presence | null }

const silent: Caller = {
  async *ask() {
    yield { kind: 'end', ending: 'stop' }
  },
  close: async () => {},
}

export const peersNamed = (...names: string[]): Endpoints =>
  Object.fromEntries(names.map(name => [name, { kind: 'peer', host: '127.0.0.1', port: 1 }]))

export async function openMemoryProxy(options: MemoryProxyOptions) {
  const { name: owner, network, caller = silent, random = () => 0.5, now = Date.now, wrap = store => store } = options
  const { lifetimeMs = 7 * 86_400_000 } = options
  const stop = new AbortController()
  const log = silentLog()
  const disk = openStore({ path: join(options.folder, `${owner}.db`), migrations })
  const store = wrap(disk)
  const routing = new Routing(store)
  if (options.endpoints !== undefined) await routing.apply(1, options.endpoints)
  const destinations = new Destinations(store, uuidv4)
  const outbox = new Outbox(store, destinations)
  const identity = await Identity.of(store, destinations)
  const inbox = new Inbox(store, { owner, now })
  const questions = new Questions(store)
  const told = new Heard<Told>()
  const link = new PeerLink({ inbox, present: () => [], attachmentChanged: () => carrier.newsFor() })
  const peers = new Peers({ routing, kinds: [], changed: list => told.add({ kind: 'peers', peers: list }) })
  const keep = (event: KeptEvent) => inbox.keep(event)
  const keptEventsWait = () => link.keptEventsWait()
  const tell = (event: ProxyEvent) => told.add(event)
  const progressed = (name: string) => {
    const destination = destinations.find(name)
    if (destination !== undefined) tell({ kind: 'progress', destination: name, marks: marksOf(destination) })
  }
  const ownPresence = (): Presence => ({ kind: 'person', online: link.isAttached })
  const asker = new Asker({
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
    credential: () => undefined,
  })
  const listener = {
    progressed,
    presence: (name: string, presence: Presence | null) => told.add({ kind: 'presence', name, presence }),
    waiting: (name: string, reason: string | null) => tell({ kind: 'waiting', destination: name, reason }),
  }
  const { transport } = network
  const carrier: Carrier = new Carrier(
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
      lifetimeMs,
    },
    stop.signal,
  )
  const api = new Api({ title: owner, log })
  addLocalApi(api, { carrier, inbox, link, peers, store, identity, isReady: () => routing.isReady })
  addOverlayApi(api, {
    store,
    inbox,
    destinations,
    link,
    peers,
    carrier,
    ownPresence,
    progressed,
    received: () => {},
    log,
  })
  network.join(owner, api.app)
  let isClosed = false
  const close = async () => {
    if (isClosed) return
    isClosed = true
    network.leave(owner)
    stop.abort()
    await carrier[Symbol.asyncDispose]()
    await asker[Symbol.asyncDispose]()
    disk.close()
  }
  onTestFinished(close)
  /** What waits for the own peer, as it would be told. */
  const kept = () => inbox.eventsAfter(0, 10_000).map(({ json }) => ProxyEvent.parse(JSON.parse(json)))
  const texts = () => kept().flatMap(event => (event.kind === 'message' ? [event.message.message] : []))
  return {
    app: api.app,
    asker,
    carrier,
    close,
    destinations,
    inbox,
    kept,
    link,
    outbox,
    peers,
    questions,
    routing,
    store,
    identity,
    texts,
    told,
  }
}

export type MemoryProxy = Awaited<ReturnType<typeof openMemoryProxy>>

export const postJson = (body: unknown, method = 'POST'): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
