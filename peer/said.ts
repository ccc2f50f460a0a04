/** What was said in a conversation with an AI, without notices and commands: rows for a context, counts, answers. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { SELECT_MESSAGE, StoredMessage } from './stored-message.ts'

/** What is older than this many is not counted: nobody reads the difference, and counting takes time. */
const COUNTED = 10_000
const Count = z.object({ count: z.int() })
const Id = z.object({ id: z.string() })

/** Arrivals between two, neither of them included. */
export type Span = { readonly after: number; readonly before: number }

const IN_SPAN = "m.conversation = ? AND m.arrival > ? AND m.arrival < ? AND m.type = 'chat' AND m.message <> ''"

export class Said {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The newest, newest first; also what failed. */
  newest(conversation: string, { after, before, limit }: Span & { limit: number }): StoredMessage[] {
    const sql = `${SELECT_MESSAGE} WHERE ${IN_SPAN} ORDER BY m.arrival DESC LIMIT ?`
    return this.#store.all(StoredMessage, sql, nameKey(conversation), after, before, limit)
  }

  /** How many there are, without what failed or was taken back. */
  count(conversation: string, { after, before }: Span): number {
    const some = `SELECT 1 FROM message m WHERE ${IN_SPAN} AND coalesce(m.state, '') NOT IN ('failed', 'cancelled') LIMIT ?`
    const sql = `SELECT count(*) AS count FROM (${some})`
    return this.#store.get(Count, sql, nameKey(conversation), after, before, COUNTED)?.count ?? 0
  }

  /** Whether a message was answered, be it by a notice. */
  isAnswered({ id, name, arrival }: Pick<StoredMessage, 'id' | 'name' | 'arrival'>): boolean {
    const sql = `SELECT id FROM message WHERE conversation = ? AND arrival > ? AND outgoing = 0
      AND metadata ->> 'replyTo' = ? ORDER BY arrival LIMIT 1`
    return this.#store.get(Id, sql, nameKey(name), arrival, id) !== undefined
  }

  /** Whether a message was sent once more, and that one waits for its answer still. */
  isBeingRepeated({ id, name, arrival }: Pick<StoredMessage, 'id' | 'name' | 'arrival'>): boolean {
    const sql = `SELECT id FROM message again WHERE conversation = ? AND arrival > ? AND outgoing = 1
      AND metadata ->> 'asksAgain' = ? AND coalesce(state, '') NOT IN ('failed', 'cancelled') AND NOT EXISTS (
        SELECT 1 FROM message answer WHERE answer.conversation = again.conversation AND answer.arrival > again.arrival
        AND answer.outgoing = 0 AND answer.metadata ->> 'replyTo' = again.id) LIMIT 1`
    return this.#store.get(Id, sql, nameKey(name), arrival, id) !== undefined
  }

  /** Inside a write: what came as chat was a command, and was not said to the AI. */
  wasCommand(id: string): void {
    this.#store.run("UPDATE message SET type = 'command' WHERE id = ?", id)
  }
}
