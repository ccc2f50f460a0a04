/** A peer as it ships, without process, socket or proxy: what its proxy would tell it, the test tells it. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Assistant } from '../../peer/automatic-replies.ts'
import type { ContextLimits } from '../../peer/context.ts'
import { assemblePeer, type Line } from '../../peer/core.ts'
import { LookingBack } from '../../peer/looking-back.ts'
import { migrations } from '../../peer/migrations.ts'
import type { LinkOwner } from '../../peer/proxy-link.ts'
import { silentLog } from '../../shared/process/log.ts'
import { openStore, type Store } from '../../shared/process/store.ts'
import type {
  PeerEntry,
  PeerKind,
  ProxyEvent,
  Signal,
  StopReason,
  SubmissionResult,
} from '../../shared/protocol/local.ts'
import type { ReplyMode } from '../../shared/protocol/peer-api.ts'
import { Heard } from './heard.ts'
import { scratchFolder } from './scratch.ts'

export const STORE = '0f5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d11'

export type MemoryPeerOptions = {
  readonly file?: string
  readonly name?: string
  readonly mode?: ReplyMode
  /** Whether it is the peer of an assistant: so unless said otherwise when it answers as one. */
  readonly fixed?: boolean
  readonly assistant?: Assistant
  readonly limits?: ContextLimits
  readonly personalities?: Readonly<Record<string, string>>
  readonly cannedReplies?: readonly string[]
  readonly peers?: readonly PeerEntry[]
  readonly pageGraceMs?: number
  readonly now?: () => Date
  readonly random?: () => number
  readonly wrap?: (store: Store) => Store
}

export const entry = (name: string, kind: PeerKind = 'person', online = true): PeerEntry => ({
  id: name,
  name,
  kind,
  online,
})

export const apiEntry = (name: string, model = 'a-model'): PeerEntry => ({ ...entry(name, 'ai'), model })

const EVERYBODY = [entry('bob'), entry('Carol'), apiEntry('GPT'), entry('BOT', 'ai'), entry('meter', 'service')]

export async function openMemoryPeer(options: MemoryPeerOptions = {}) {
  const { file = join(scratchFolder(), 'peer.db'), name = 'alice', mode = 'manual', wrap = store => store } = options
  const {
    limits = { turns: 20, tokens: 12_000, charactersPerToken: 4 },
    cannedReplies = ['one', 'two', 'three'],
    peers = EVERYBODY,
    pageGraceMs = 10_000,
  } = options
  const { personalities = { happy: 'Be happy.', angry: 'Be angry.', spanish: 'Be Spanish.' } } = options
  const store = openStore({ path: file, migrations })
  const keptUpTo = new Heard<number>()
  const passedOn: { asker: string; signal: Signal }[] = []
  const emitted: { name: string; data: unknown }[] = []
  const cancelled: string[] = []
  const reasons: (StopReason | undefined)[] = []
  const cancel = (id: string, why: StopReason | undefined) => {
    cancelled.push(id)
    reasons.push(why)
  }
  const line: Line = {
    cancel: async (id, _, why) => cancel(id, why),
    signalTo: async (asker, signal) => {
      if (signal.kind === 'stop') cancel(signal.replyTo, signal.why)
      else passedOn.push({ asker, signal })
    },
    keptUpTo: ({ cursor }) => keptUpTo.add(cursor),
    reconnect: () => {},
    workWaits: () => {},
  }
  let messages: LinkOwner | undefined
  const { api, arrivals, chat, desk, talks } = assemblePeer({
    settings: {
      owner: { name, displayName: name, mode, fixed: options.fixed ?? mode === 'assistant' },
      dashboard: 'http://localhost:8000',
      cannedReplies,
      assistant: options.assistant,
      limits,
      pageGraceMs,
      personalities,
    },
    store: wrap(store),
    link: owner => {
      messages = owner
      return line
    },
    now: options.now ?? (() => new Date('2026-01-02T03:04:05.000Z')),
    random: options.random ?? (() => 0),
    log: silentLog(),
    signal: new AbortController().signal,
  })
  const emit = desk.pages.emit.bind(desk.pages)
  desk.pages.emit = (event, data) => {
    emitted.push({ name: event, data })
    emit(event, data)
  }
  if (peers.length > 0) await desk.setPeers(peers)
  desk.setProxyReachable(true)
  arrivals.handle({ kind: 'hello', name, store: STORE, forgotten: 0 })
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
  /** Begins to hand over what waits. @returns what lets the proxy take it */
  const handOver = () => {
    const sent = messages?.outgoing() ?? []
    return () =>
      arrivals.handedOver(
        sent.map(({ id }): SubmissionResult => ({ id, state: 'accepted' })),
        sent,
      )
  }
  const past = new LookingBack(desk, talks)
  const history = (peer: string) => past.page(peer, { limit: 200 }).messages
  const heard = { cancelled, emitted, keptUpTo, passedOn, reasons }
  return { ...heard, app: api.app, arrivals, ask, chat, close, desk, file, handOver, history, past, tell }
}
