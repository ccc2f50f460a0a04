/** Commands that arrived and were not answered yet, and the ids of those that arrived before. */
import * as z from 'zod'
import type { Store } from '../../shared/process/store.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { nameKey } from '../../shared/protocol/names.ts'

/** So many commands are remembered: one that is handed over once more is not carried out again. */
const HANDLED = 10_000

const Row = z.object({
  position: z.int(),
  asker: z.string(),
  id: z.string(),
  text: z.string(),
  attempts: z.int(),
})
export type Job = z.infer<typeof Row>
const Asker = z.object({ asker: z.string() })

export class Jobs {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Inside a write. @returns whether it is one that was not taken before */
  take({ sender, id, message }: Pick<Message, 'sender' | 'id' | 'message'>): boolean {
    const remember = 'INSERT INTO handled (sender, id) VALUES (?, ?) ON CONFLICT DO NOTHING'
    if (this.#store.run(remember, nameKey(sender), id) === 0) return false
    this.#store.run('DELETE FROM handled WHERE position <= (SELECT max(position) FROM handled) - ?', HANDLED)
    const sql = 'INSERT INTO job (asker_key, asker, id, text) VALUES (?, ?, ?, ?)'
    return this.#store.run(sql, nameKey(sender), sender, id, message) > 0
  }

  /** Who waits for an answer. */
  askers(): string[] {
    return this.#store.all(Asker, 'SELECT min(asker) AS asker FROM job GROUP BY asker_key').map(({ asker }) => asker)
  }

  /** The oldest of somebody. */
  next(asker: string): Job | undefined {
    const sql = 'SELECT position, asker, id, text, attempts FROM job WHERE asker_key = ? ORDER BY position LIMIT 1'
    return this.#store.get(Row, sql, nameKey(asker))
  }

  /** Inside a write: it is about to be carried out. */
  begun({ position }: Job): void {
    this.#store.run('UPDATE job SET attempts = attempts + 1 WHERE position = ?', position)
  }

  /** Inside a write: a stop that was asked for interrupted it, which does not count. */
  putBack({ position }: Job): void {
    this.#store.run('UPDATE job SET attempts = attempts - 1 WHERE position = ?', position)
  }

  /** Inside a write. @returns whether it was still there */
  done({ position }: Job): boolean {
    return this.#store.run('DELETE FROM job WHERE position = ?', position) > 0
  }
}
