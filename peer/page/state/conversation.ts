/** The messages exchanged with one peer, as far as this page has them. */
import { batch, computed, signal } from '@preact/signals'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import type { HistoryPage, PeerEventData } from '../../../shared/protocol/peer-api.ts'
import { type Entry, newEntry, type Progress } from './entry.ts'
import { joinNewestPage } from './newest-page.ts'
import { writePiece } from './piece.ts'

/** `none`: nothing was asked for yet. */
export type HistoryPhase = 'none' | 'loading' | 'ready' | 'failed'

export class Conversation {
  readonly peer: string
  readonly entries = signal<readonly Entry[]>([])
  readonly phase = signal<HistoryPhase>('none')
  /** The message that the page before it ends at: the oldest one here; null at the beginning of the conversation. */
  readonly before = signal<string | null>(null)
  /** The message before which "New messages" is drawn. */
  readonly unreadFrom = signal<string | null>(null)
  /** Answers that grow at this moment, oldest first. */
  readonly writing = signal<readonly Entry[]>([])
  readonly last = computed(() => this.entries.value.at(-1))
  readonly #byId = new Map<string, Entry>()

  constructor(peer: string) {
    this.peer = peer
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id)
  }

  /** Inserts the message at the end, or replaces what was known of it. Tells whether it is new. */
  put(record: MessageRecord, progress: Progress = { kind: 'kept' }): boolean {
    const known = this.#byId.get(record.id)
    if (known !== undefined) {
      replace(known, record, progress)
      this.#settle()
      return false
    }
    const entry = newEntry(record, progress)
    for (const growing of this.writing.peek()) if (isOutdatedBy(growing, entry)) this.remove(growing.id)
    this.#byId.set(entry.id, entry)
    this.entries.value = [...this.entries.value, entry]
    if (progress.kind === 'writing') this.writing.value = [...this.writing.value, entry]
    return true
  }

  /** Writes a piece of an answer; the first piece opens its bubble. A piece of a finished answer is ignored. */
  write(piece: PeerEventData<'delta'>, reader: string): void {
    if (!this.#byId.has(piece.id)) this.put(growingAnswer(piece, reader), { kind: 'writing' })
    const entry = this.#byId.get(piece.id)
    if (entry === undefined || entry.progress.peek().kind !== 'writing') return
    entry.text.value = writePiece(entry.text.peek(), piece) ?? entry.text.peek()
  }

  setState(change: PeerEventData<'state'>): void {
    const entry = this.#byId.get(change.id)
    if (entry === undefined) return
    const { reason: _, ...record } = entry.record.peek()
    const { state, reason } = change
    replace(entry, reason === undefined ? { ...record, state } : { ...record, state, reason }, { kind: 'kept' })
  }

  /** Shows the newest page; `knownBefore` are the ids that were here when it was asked for. */
  showNewest(page: HistoryPage, knownBefore: ReadonlySet<string>): void {
    batch(() => {
      const isLocal = (entry: Entry) => entry.progress.peek().kind !== 'kept'
      const joined = joinNewestPage(this.entries.peek(), page.messages.map(this.#entryOf), {
        before: knownBefore,
        isLocal,
      })
      this.#showOnly(joined.items)
      // What was the beginning need not be it any more: the peer may have got an older history meanwhile.
      this.before.value = joined.keptOlder ? (joined.items[0]?.id ?? null) : page.before
      this.phase.value = 'ready'
    })
  }

  showOlder(page: HistoryPage): void {
    batch(() => {
      const older = page.messages.filter(record => !this.#byId.has(record.id)).map(this.#entryOf)
      this.#showOnly([...older, ...this.entries.peek()])
      this.before.value = page.before
    })
  }

  ids(): ReadonlySet<string> {
    return new Set(this.#byId.keys())
  }

  remove(id: string): void {
    this.#showOnly(this.entries.peek().filter(entry => entry.id !== id))
  }

  clear(): void {
    batch(() => {
      this.#showOnly([])
      this.before.value = null
      this.unreadFrom.value = null
    })
  }

  /** Forgets the answers that were growing: the peer sends those that still do from their beginning. */
  dropWriting(): void {
    const gone = new Set(this.writing.peek())
    this.#showOnly(this.entries.peek().filter(entry => !gone.has(entry)))
  }

  readonly #entryOf = (record: MessageRecord): Entry => {
    const known = this.#byId.get(record.id)
    if (known === undefined) return newEntry(record)
    replace(known, record, { kind: 'kept' })
    return known
  }

  #showOnly(entries: readonly Entry[]): void {
    this.#byId.clear()
    for (const entry of entries) this.#byId.set(entry.id, entry)
    this.entries.value = entries
    this.#settle()
  }

  /** Takes the answers that ended, or are gone, from those that grow. */
  #settle(): void {
    const grows = (entry: Entry) => this.#byId.has(entry.id) && entry.progress.peek().kind === 'writing'
    if (!this.writing.peek().every(grows)) this.writing.value = this.writing.peek().filter(grows)
  }
}

/** Whether a growing answer is over because its question got another message, such as the notice of a failure. */
function isOutdatedBy(growing: Entry, arrived: Entry): boolean {
  if (growing.progress.peek().kind !== 'writing' || arrived.progress.peek().kind !== 'kept') return false
  const question = growing.record.peek().metadata.replyTo
  return question !== undefined && question === arrived.record.peek().metadata.replyTo
}

function replace(entry: Entry, record: MessageRecord, progress: Progress): void {
  batch(() => {
    entry.record.value = record
    entry.text.value = record.message
    entry.progress.value = progress
  })
}

const growingAnswer = (piece: PeerEventData<'delta'>, reader: string): MessageRecord => ({
  id: piece.id,
  sender: piece.own ? reader : piece.conversation,
  destination: piece.own ? piece.conversation : reader,
  message: '',
  timestamp: new Date().toISOString(),
  type: 'chat',
  metadata: { replyTo: piece.replyTo, ...(piece.demo && { demo: true }) },
  conversation: piece.conversation,
  state: piece.own ? 'accepted' : 'received',
})
