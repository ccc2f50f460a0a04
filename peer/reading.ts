/** How far the person here has read, and how far those who wrote know of it. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { nameKey } from '../shared/protocol/names.ts'

const Count = z.object({ count: z.int() })
const ReadPosition = z.object({
  name: z.string(),
  read: z.int(),
  stream: z.string().nullable(),
  sequence: z.int().nullable(),
})
export type ReadPosition = z.infer<typeof ReadPosition>

export class Reading {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  unread(conversation: string): number {
    const sql = `SELECT count(*) AS count FROM message m JOIN conversation c ON c.key = m.conversation
      WHERE m.conversation = ? AND m.arrival > c.read AND m.outgoing = 0`
    return this.#store.get(Count, sql, nameKey(conversation))?.count ?? 0
  }

  /** Marks a conversation read up to its newest message; inside a write. @returns whether anything was unread */
  markRead(conversation: string): boolean {
    const key = nameKey(conversation)
    const newest = 'SELECT coalesce(max(arrival), 0) FROM message WHERE conversation = ?1'
    return this.#store.run(`UPDATE conversation SET read = (${newest}) WHERE key = ?1 AND read < (${newest})`, key) > 0
  }

  /** Where other peers are yet to be told that their messages were read. */
  toTell(): ReadPosition[] {
    return this.#store.all(
      ReadPosition,
      `SELECT c.name, c.read, m.stream, m.sequence FROM conversation c LEFT JOIN message m ON m.arrival =
         (SELECT max(arrival) FROM message WHERE conversation = c.key AND arrival > c.told AND arrival <= c.read
          AND outgoing = 0 AND stream IS NOT NULL)
       WHERE c.read > c.told`,
    )
  }

  told({ name, read }: ReadPosition): void {
    this.#store.run('UPDATE conversation SET told = max(told, ?) WHERE key = ?', read, nameKey(name))
  }

  /** Whoever wrote a message is told once more that it was read, if it was; inside a write. */
  tellAgain(id: string): void {
    this.#store.run(
      `UPDATE conversation SET told = min(told, m.arrival - 1) FROM (SELECT arrival, conversation FROM message WHERE id = ?) m
       WHERE key = m.conversation`,
      id,
    )
  }
}
