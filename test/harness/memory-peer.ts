/** A peer of real parts without process, socket or proxy: what its proxy would tell it, the test tells it. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Arrivals } from '../../peer/arrivals.ts'
import type { Assistant } from '../../peer/automatic-replies.ts'
import { Chat } from '../../peer/chat.ts'
import type { ContextLimits } from '../../peer/context.ts'
import { Desk } from '../../peer/desk.ts'
import { LookingBack } from '../../peer/looking-back.ts'
import { migrations } from '../../peer/migrations.ts'
import { addPeerApi } from '../../peer/peer-api.ts'
import { Api } from '../../shared/process/api.ts'
import { silentLog } from '../../shared/process/log.ts'
import { openStore, type Store } from '../../shared/process/store.ts'
import type { PeerEntry, PeerKind, ProxyEvent, Signal } from '../../shared/protocol/local.ts'
import type { ReplyMode } from '../../shared/protocol/peer-api.ts'
import { Heard } from './heard.ts'
import { scratchFolder } from './scratch.ts'

export const STORE = '0f5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d11'

export type MemoryPeerOptions = {
  readonly file?: string
  readonly name?: string
  readonly mode?: ReplyMode
  readonly assistant?: Assistant
  readonly limits?: ContextLimits
  readonly cannedReplies?: readonly string[]
  readonly peers?: readonly PeerEntry[]
  readonly cancelAtProxy?: (id: string) => Promise<void>
  readonly wrap?: (store: Store) => Store
}

export const entry = (name: string, kind: PeerKind = 'person', online = true): PeerEntry => ({
  id: name,
  name,
  kind,
  online,
})

const EVERYBODY = [entry('bob'), entry('Carol'), entry('GPT', 'ai'), entry('meter', 'service')]

export async function openMemoryPeer(options: MemoryPeerOptions = {}) {
  const { file = join(scratchFolder(), 'peer.db'), name = 'alice', mode = 'manual', wrap = store => store } = options
  const {
    limits = { turns: 20, characters: 48_000 },
    cannedReplies = ['one', 'two', 'three'],
    peers = EVERYBODY,
  } = options
  const store = openStore({ path: file, migrations })
  const desk = new Desk({ name, displayName: name, mode }, wrap(store))
  const keptUpTo = new Heard<number>()
  const reconnected: Error[] = []
  const passedOn: { asker: string; signal: Signal }[] = []
  const emitted: { name: string; data: unknown }[] = []
  const emit = desk.pages.emit.bind(desk.pages)
  desk.pages.emit = (event, data) => {
    emitted.push({ name: event, data })
    emit(event, data)
  }
  const now = () => new Date('2026-01-02T03:04:05.000Z')
  const cancelled: string[] = []
  const arrivals = new Arrivals({
    desk,
    cannedReplies,
    assistant: options.assistant,
    limits,
    keptUpTo: ({ cursor }) => keptUpTo.add(cursor),
    reconnect: reason => reconnected.push(reason),
    stopQuestion: question => cancelled.push(question),
    passOn: (asker, signal) => passedOn.push({ asker, signal }),
    log: silentLog(),
    random: () => 0,
    now,
  })
  const cancelAtProxy = options.cancelAtProxy ?? (async (id: string) => void cancelled.push(id))
  const chat = new Chat({ desk, limits, now, cancelAtProxy, stopAtPeer: (_peer, question) => cancelled.push(question) })
  const api = new Api({ title: name, log: silentLog() })
  addPeerApi(api, { desk, chat, dashboard: 'http://localhost:8000', typing: () => {} })
  if (peers.length > 0) await desk.setPeers(peers)
  desk.setProxyReachable(true)
  arrivals.handle({ kind: 'hello', name, store: STORE })
  let isClosed = false
  const close = () => {
    if (!isClosed) store.close()
    isClosed = true
  }
  onTestFinished(close)
  /** Tells events and resolves once everything that they caused is on disk. */
  const tell = async (...events: ProxyEvent[]) => {
    for (const event of events) arrivals.handle(event)
    await desk.store.note(() => {})
    await new Promise(resolve => setImmediate(resolve))
  }
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await api.app.request(path, init)
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const past = new LookingBack(desk)
  const history = (peer: string) => past.page(peer, { limit: 200 }).messages
  return { arrivals, ask, cancelled, chat, close, desk, emitted, file, history, keptUpTo, passedOn, past, tell }
}
