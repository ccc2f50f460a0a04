/**
 * A proxy without its surroundings: routing, sending loops, the peer's events, the APIs and the HTTP routes, put together
 * over a store, a transport and a clock that are given. `startProxy` runs it in a process, tests run it in theirs.
 */
import { v4 as uuidv4 } from 'uuid'
import { Api } from '../shared/process/api.ts'
import type { Log } from '../shared/process/log.ts'
import type { Started } from '../shared/process/run.ts'
import type { Store } from '../shared/process/store.ts'
import type { PeerKind, ProxyEvent } from '../shared/protocol/local.ts'
import type { Presence } from '../shared/protocol/overlay.ts'
import type { PeerRoute } from '../shared/protocol/route.ts'
import { Accounting, type AccountingParts } from './accounting.ts'
import type { TurnParts } from './ask-in-turn.ts'
import { Asker } from './asker.ts'
import { Carrier } from './carrier.ts'
import { credentialOf } from './credential-of.ts'
import { Destinations, progressOf } from './destinations.ts'
import { keepHouse } from './housekeeping.ts'
import { Identity } from './identity.ts'
import { Inbox, type KeptEvent } from './inbox.ts'
import { LastSent } from './last-sent.ts'
import { addLocalApi } from './local-api.ts'
import { Outbox } from './outbox.ts'
import { addOverlayApi } from './overlay-api.ts'
import { PeerLink } from './peer-link.ts'
import { type KnownPeer, Peers } from './peers.ts'
import type { Caller } from './providers/caller.ts'
import { Questions } from './questions.ts'
import { Routing } from './routing.ts'
import { RunningClock } from './running-clock.ts'
import type { Transport } from './transport.ts'

export type CoreSettings = {
  readonly name: string
  readonly kind: PeerKind
  readonly displayName?: string | undefined
  /** What is known of others before they were met. */
  readonly known: Iterable<KnownPeer>
  readonly dashboard: string
  /** A message that nobody took while this proxy ran for so long is given up, in milliseconds. */
  readonly lifetimeMs: number
  /** How long the own peer may be away before what it asked an API is stopped, in milliseconds. */
  readonly peerGraceMs?: number
  readonly prices: AccountingParts['prices']
}

export type CoreParts = {
  readonly settings: CoreSettings
  readonly store: Store
  /** @param route where a name is now; throws when the table has no such peer */
  readonly transport: (route: (name: string) => PeerRoute) => Transport
  readonly caller: Caller
  /** The clock on the wall. */
  readonly now: () => number
  /** Milliseconds that only grow, from any beginning. */
  readonly monotonic: () => number
  readonly sleep?: TurnParts['sleep']
  readonly random: () => number
  readonly log: Log
  /** Aborts at the stop. */
  readonly signal: AbortSignal
  readonly started: Started
}

export type ProxyCore = Awaited<ReturnType<typeof assembleProxy>>

/** Nothing runs yet: whoever put it together serves `api` and then calls `begin`. */
export async function assembleProxy(given: CoreParts) {
  const { settings, store, caller, monotonic, now, random, log, signal, started } = given
  const { name: owner, kind, displayName } = settings
  const clock = new RunningClock(store, { monotonic, first: now() })
  started.add({ [Symbol.asyncDispose]: () => store.note(() => clock.keep()).catch(() => undefined) })

  const routing = new Routing(store)
  const destinations = new Destinations(store, uuidv4)
  const outbox = new Outbox(store, destinations)
  const identity = await Identity.of(store, destinations)
  const lastSent = new LastSent(destinations.all())
  const inbox = new Inbox(store, { owner, now: clock.now, isKnown: name => routing.has(name) })
  const questions = new Questions(store, clock.now)
  const accounting = new Accounting({ store, identity, questions, routing, prices: settings.prices, now })
  const waiting = new Map<string, string>()

  const link: PeerLink = new PeerLink({
    inbox,
    present: (): ProxyEvent[] => [
      { kind: 'hello', name: owner, store: identity.id, forgotten: inbox.cursors.forgotten },
      { kind: 'peers', peers: peers.list() },
      controllerEvent(),
      ...destinations.all().map(progressOf),
      ...[...waiting].map(([destination, reason]) => ({ kind: 'waiting' as const, destination, reason })),
      ...asker.present(),
    ],
    attachmentChanged: () => {
      asker.peerIs(link.isAttached)
      carrier.newsFor()
    },
  })
  const tell = (event: ProxyEvent) => link.tell(event)
  const peers = new Peers({ routing, known: settings.known, changed: list => tell({ kind: 'peers', peers: list }) })
  const toPeer = { keep: (event: KeptEvent) => inbox.keep(event), keptEventsWait: () => link.keptEventsWait() }
  let reachable = true
  const controllerEvent = (): ProxyEvent => ({ kind: 'controller', reachable, joined: routing.isReady })
  const progressed = (name: string) => {
    const destination = destinations.find(name)
    if (destination !== undefined) tell(progressOf(destination))
  }
  const ownPresence = (): Presence => ({ kind, online: link.isAttached, commands: link.commands, displayName })

  const asker: Asker = started.add(
    new Asker({
      owner,
      store,
      questions,
      caller,
      ...toPeer,
      account: accounting.account,
      tell,
      log,
      now,
      monotonic,
      sleep: given.sleep,
      isAttached: () => link.isAttached,
      peerGraceMs: settings.peerGraceMs,
      route: name => routing.api(name),
      credential: credentialOf(routing, settings.dashboard),
    }),
  )
  const transport = started.add(given.transport(name => routing.peer(name)))
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
        ...{ owner, store, outbox, destinations, inbox, lastSent, routing, transport },
        ...{ asker, questions, listener },
        ...toPeer,
        ownPresence,
        log,
        random,
        now: clock.now,
        lifetimeMs: settings.lifetimeMs,
      },
      signal,
    ),
  )

  const counters = () => ({ ...carrier.counts, waiting: outbox.waiting() })
  const api = new Api({ title: `Overlay Chat proxy of ${owner}`, log })
  addLocalApi(api, { carrier, inbox, link, peers, store, identity, isReady: () => routing.isReady })
  const overlay = { carrier, destinations, inbox, lastSent, link, outbox, peers, routing, store }
  addOverlayApi(api, { ...overlay, ownPresence, progressed, log })

  const tableApplied = () => {
    carrier.routesChanged()
    asker.routesChanged()
    peers.tellChanges()
    tell(controllerEvent())
  }
  return {
    accounting,
    api,
    asker,
    carrier,
    controllerIs: (isThere: boolean) => {
      reachable = isThere
      tell(controllerEvent())
    },
    counters,
    destinations,
    identity,
    inbox,
    link,
    outbox,
    peers,
    questions,
    routing,
    tableApplied,
    /** Goes on where an earlier run stopped, and sends. */
    begin: async () => {
      started.addWork(keepHouse({ carrier, clock, store, questions, usage: accounting.rows, now, log }, signal))
      await asker.resume()
      if (routing.isReady) tableApplied()
    },
  }
}
