/** The history of a peer: what was said with whom, in the order of arrival. */
import { v5 as uuidv5 } from 'uuid'
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import type { Marks, Placement } from '../shared/protocol/local.ts'
import type { Message } from '../shared/protocol/message.ts'
import { nameKey, sameName } from '../shared/protocol/names.ts'
import { Cleared } from './cleared.ts'
import { type Page, pageBefore } from './pages.ts'
import { Reading } from './reading.ts'
import { SELECT_MESSAGE, SELECT_STANDING, Standing, StoredMessage } from './stored-message.ts'
import { TextIndex } from './text-index.ts'

const MarkRow = z.object({ delivered: z.int(), received: z.int(), read: z.int() })
const Delivered = z.object({ delivered: z.int() })
const ConversationName = z.object({ name: z.string() })
const Stream = z.object({ stream: z.string(), delivered: z.int() })

/** Most messages whose state is told anew at once: the newest. */
const TOLD = 1_000

export class History {
  readonly texts: TextIndex
  readonly cleared: Cleared
  readonly reading: Reading
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
    this.texts = new TextIndex(store)
    this.cleared = new Cleared(store)
    this.reading = new Reading(store)
  }

  /** Adds a message to the end of a conversation; inside a write. @returns false when its id is there already, or was */
  add(
    conversation: string,
    message: Message,
    facts: { outgoing: boolean; stored: boolean; placement?: Placement | undefined },
  ): boolean {
    const key = nameKey(conversation)
    const added = this.#store.run(
      `INSERT INTO message (id, conversation, outgoing, sender, destination, message, timestamp, type, metadata, stored, stream, sequence)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
       WHERE NOT EXISTS (SELECT 1 FROM cleared_message WHERE id = ?1) ON CONFLICT (id) DO NOTHING`,
      message.id,
      key,
      facts.outgoing ? 1 : 0,
      message.sender,
      message.destination,
      message.message,
      message.timestamp,
      message.type,
      JSON.stringify(message.metadata),
      facts.stored ? 1 : 0,
      facts.placement?.stream ?? null,
      facts.placement?.sequence ?? null,
    )
    if (added === 0) return false
    this.#store.run(
      `INSERT INTO conversation (key, name) VALUES (?, ?)
       ON CONFLICT (key) DO UPDATE SET name = excluded.name WHERE name <> excluded.name`,
      key,
      conversation,
    )
    this.texts.textsWait()
    return true
  }

  /**
   * Inside a write: keeps somebody's message that is not there yet. An id that another one, or the own peer, gave to
   * another message before is not this one's: it gets one of its own, the same one each time.
   * @returns undefined when it is there
   */
  take(message: Message, facts: { stored: boolean; placement: Placement | undefined }): Message | undefined {
    const { id, sender } = message
    if (this.add(sender, message, { ...facts, outgoing: false })) return message
    if (this.isOf(id, { conversation: sender, outgoing: false })) {
      if (facts.placement !== undefined) this.moved(id, facts.placement)
      return undefined
    }
    const other = { ...message, id: uuidv5(nameKey(sender), id) }
    return this.add(sender, other, { ...facts, outgoing: false }) ? other : undefined
  }

  /** Whether an id stands for a message of that conversation and direction, also one that was cleared. */
  isOf(id: string, { conversation, outgoing }: { conversation: string; outgoing: boolean }): boolean {
    const known = this.find(id)
    if (known !== undefined) return known.outgoing === outgoing && sameName(known.name, conversation)
    const cleared = this.cleared.find(id)
    return cleared?.outgoing === outgoing && sameName(cleared.conversation, conversation)
  }

  find(id: string): StoredMessage | undefined {
    return this.#store.get(StoredMessage, `${SELECT_MESSAGE} WHERE m.id = ?`, id)
  }

  /** The newest messages before an arrival, newest first, as many as are told at once; and whether there are more. */
  before(conversation: string, arrival: number, limit: number): Page {
    return pageBefore(this.#store, { conversation, arrival, limit })
  }

  conversations(): string[] {
    return this.#store.all(ConversationName, 'SELECT name FROM conversation').map(({ name }) => name)
  }

  /**
   * Gives a message of one's own its place in the stream to its destination; inside a write.
   * @returns whether the stream's marks are there already: it is delivered
   */
  place(id: string, { stream, sequence }: Placement): boolean {
    this.#store.run('UPDATE message SET stream = ?, sequence = ? WHERE id = ?', stream, sequence, id)
    this.#store.run(
      'INSERT INTO mark SELECT conversation, ?, 0, 0, 0 FROM message WHERE id = ? ON CONFLICT DO NOTHING',
      stream,
      id,
    )
    const marks = 'SELECT k.delivered FROM mark k JOIN message m USING (conversation, stream) WHERE m.id = ?'
    return (this.#store.get(Delivered, marks, id)?.delivered ?? 0) >= sequence
  }

  /** A message of somebody else came again in another place: what is read is told of that one. Inside a write. */
  moved(id: string, { stream, sequence }: Placement): void {
    const sql = 'UPDATE message SET stream = ?1, sequence = ?2 WHERE id = ?3 AND outgoing = 0 AND stream <> ?1'
    if (this.#store.run(sql, stream, sequence, id) > 0) this.reading.tellAgain(id)
  }

  /** Sets what no mark can tell; null takes it back, as before a retry. Inside a write. */
  setState(id: string, state: StoredMessage['state'], reason: string | null = null): void {
    this.#store.run('UPDATE message SET state = ?, reason = ? WHERE id = ?', state, reason, id)
    if (state === null) this.#store.run('UPDATE message SET stream = NULL, sequence = NULL WHERE id = ?', id)
  }

  /** Keeps how far a stream has come; inside a write. @returns own messages whose state moved */
  setMarks(conversation: string, marks: Marks): Standing[] {
    const key = nameKey(conversation)
    const old = this.#store.get(
      MarkRow,
      'SELECT delivered, received, read FROM mark WHERE conversation = ? AND stream = ?',
      key,
      marks.stream,
    )
    this.#store.run(
      `INSERT INTO mark VALUES (?, ?, ?, ?, ?) ON CONFLICT (conversation, stream)
       DO UPDATE SET delivered = excluded.delivered, received = excluded.received, read = excluded.read`,
      key,
      marks.stream,
      marks.delivered,
      marks.received,
      marks.read,
    )
    const moved = (['delivered', 'received', 'read'] as const).filter(mark => marks[mark] > (old?.[mark] ?? 0))
    if (moved.length === 0) return []
    const from = Math.min(...moved.map(mark => old?.[mark] ?? 0))
    const to = Math.max(...moved.map(mark => marks[mark]))
    return this.#placed({ conversation: key, stream: marks.stream, from, to })
  }

  /**
   * Own messages to a destination that its proxy has not confirmed, newest first. Found by their streams: in the order
   * of arrival, which the plus sign forbids, a conversation in which all is delivered would be read whole.
   */
  undelivered(conversation: string): Standing[] {
    const key = nameKey(conversation)
    const unplaced = this.#store.all(
      Standing,
      `${SELECT_STANDING} WHERE m.conversation = ? AND m.outgoing = 1 AND m.stream IS NULL AND m.state IS NULL
       ORDER BY +m.arrival DESC LIMIT ?`,
      key,
      TOLD,
    )
    const placed = this.#store
      .all(Stream, 'SELECT stream, delivered FROM mark WHERE conversation = ?', key)
      .flatMap(({ stream, delivered }) =>
        this.#placed({ conversation: key, stream, from: delivered, to: Number.MAX_SAFE_INTEGER }),
      )
    return [...unplaced, ...placed.filter(({ state }) => state === null)]
      .sort((a, b) => b.arrival - a.arrival)
      .slice(0, TOLD)
  }

  /** Own messages after a place in their stream up to another, newest first. */
  #placed(place: { conversation: string; stream: string; from: number; to: number }): Standing[] {
    return this.#store.all(
      Standing,
      `${SELECT_STANDING} WHERE m.conversation = ? AND m.outgoing = 1 AND m.stream = ? AND m.sequence > ? AND m.sequence <= ?
       ORDER BY m.sequence DESC LIMIT ?`,
      place.conversation,
      place.stream,
      place.from,
      place.to,
      TOLD,
    )
  }
}
