/** What an assistant asks its AI on behalf of others: which reply belongs to which question. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'

const Row = z.object({ question: z.string(), asker: z.string(), replyTo: z.string(), reply: z.string() })
export type Errand = z.infer<typeof Row>

export class Errands {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Inside a write. */
  add({ question, asker, replyTo, reply }: Errand): void {
    this.#store.run('INSERT INTO errand VALUES (?, ?, ?, ?)', question, asker, replyTo, reply)
  }

  find(question: string | undefined): Errand | undefined {
    if (question === undefined) return undefined
    return this.#store.get(
      Row,
      'SELECT question, asker, reply_to AS replyTo, reply FROM errand WHERE question = ?',
      question,
    )
  }

  all(): Errand[] {
    return this.#store.all(Row, 'SELECT question, asker, reply_to AS replyTo, reply FROM errand')
  }

  /** The errand that somebody's message began, while it lasts. */
  findFor(asker: string, message: string): Errand | undefined {
    const sql = 'SELECT question, asker, reply_to AS replyTo, reply FROM errand WHERE asker = ? AND reply_to = ?'
    return this.#store.get(Row, sql, asker, message)
  }

  /** The same by the message alone: its id is not another one's here. */
  findByMessage(message: string): Errand | undefined {
    return this.all().find(({ replyTo }) => replyTo === message)
  }

  /** Inside a write. */
  done(question: string): void {
    this.#store.run('DELETE FROM errand WHERE question = ?', question)
  }
}
