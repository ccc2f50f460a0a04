/** A proxy as it ships, without process, socket or controller: for tests of how its parts work together. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { assembleProxy } from '../../proxy/core.ts'
import type { Prices } from '../../proxy/cost.ts'
import { migrations } from '../../proxy/migrations.ts'
import type { Caller } from '../../proxy/providers/caller.ts'
import { silentLog } from '../../shared/process/log.ts'
import { Started } from '../../shared/process/run.ts'
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
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly lifetimeMs?: number
  readonly peerGraceMs?: number
  readonly prices?: Prices
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

/** Where a proxy of a name listens on every memory network: names of a test must differ in it. */
export const portOf = (name: string): number =>
  [...name.toLowerCase()].reduce((port, letter) => (port * 31 + letter.charCodeAt(0)) % 50_000, 7) + 10_000

export const peersNamed = (...names: string[]): Endpoints =>
  Object.fromEntries(names.map(name => [name, { kind: 'peer', host: '127.0.0.1', port: portOf(name) }]))

/** What nobody could do without a socket is told to the test as well. It sends only once the test has it send something. */
export async function openMemoryProxy(options: MemoryProxyOptions) {
  const { name, network, caller = silent, random = () => 0.5, now = Date.now, wrap = store => store } = options
  const { lifetimeMs = 7 * 86_400_000, peerGraceMs = 5_000, prices = {} } = options
  const stop = new AbortController()
  const started = new Started()
  const disk = openStore({ path: join(options.folder, `${name}.db`), migrations })
  const store = wrap(disk)
  const core = await assembleProxy({
    settings: {
      ...{ name, kind: 'person', known: [], dashboard: 'http://localhost:8000' },
      ...{ lifetimeMs, peerGraceMs, prices },
    },
    store,
    transport: route => network.transport(route),
    caller,
    now,
    monotonic: now,
    ...(options.sleep !== undefined && { sleep: options.sleep }),
    random,
    log: silentLog(),
    signal: stop.signal,
    started,
  })
  const { api, inbox, link, peers, routing } = core
  const told = new Heard<Told>()
  const tell = link.tell.bind(link)
  link.tell = event => {
    told.add(event)
    tell(event)
  }
  const met = peers.met.bind(peers)
  peers.met = (who, presence) => {
    told.add({ kind: 'presence', name: who, presence })
    met(who, presence)
  }
  if (options.endpoints !== undefined) await routing.apply({ version: 1, endpoints: options.endpoints })
  network.listen(portOf(name), api.app)
  let isClosed = false
  const close = async () => {
    if (isClosed) return
    isClosed = true
    network.leave(portOf(name))
    stop.abort()
    await started[Symbol.asyncDispose]()
    disk.close()
  }
  onTestFinished(close)
  /** What waits for the own peer, as it would be told. */
  const kept = () => inbox.eventsAfter(0, 10_000).map(({ json }) => ProxyEvent.parse(JSON.parse(json)))
  const texts = () => kept().flatMap(event => (event.kind === 'message' ? [event.message.message] : []))
  return { ...core, app: api.app, close, kept, store, texts, told }
}

export type MemoryProxy = Awaited<ReturnType<typeof openMemoryProxy>>

export const postJson = (body: unknown, method = 'POST'): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
