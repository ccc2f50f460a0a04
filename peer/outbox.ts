/** What the own proxy has not taken yet, and handing it over. */
import * as z from 'zod'
import { fitting } from '../shared/process/fitting.ts'
import type { Store } from '../shared/process/store.ts'
import { storedJson } from '../shared/process/stored-json.ts'
import { KeptSubmission, type Submission } from '../shared/protocol/local.ts'

/** Most messages handed over in one request, and most bytes of them; a single one may have more. */
const BATCH = 256
const BATCH_BYTES = 1024 * 1024

const Id = z.object({ id: z.string() })
const Size = z.object({ position: z.int(), bytes: z.int() })
const Position = z.object({ position: z.int() })
const Row = z.object({ body: storedJson(KeptSubmission) })
export type SubmissionInput = z.input<typeof Submission>

export class Outbox {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Inside a write. A later attempt takes the place of an earlier one that is still here. */
  add(submission: SubmissionInput): void {
    this.#store.run(
      'INSERT INTO outbox (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
      submission.id,
      JSON.stringify(submission),
    )
  }

  /** Puts messages before all that wait, in their order; inside a write. */
  addFirst(submissions: readonly SubmissionInput[]): void {
    const first = this.#store.get(Position, 'SELECT coalesce(min(position), 1) AS position FROM outbox')?.position ?? 1
    submissions.forEach((submission, index) => {
      const position = first - submissions.length + index
      const body = JSON.stringify(submission)
      this.#store.run('INSERT INTO outbox (position, id, body) VALUES (?, ?, ?)', position, submission.id, body)
    })
  }

  ids(): string[] {
    return this.#store.all(Id, 'SELECT id FROM outbox').map(({ id }) => id)
  }

  head(): Submission[] {
    const waiting = this.#store.all(
      Size,
      'SELECT position, octet_length(body) AS bytes FROM outbox ORDER BY position LIMIT ?',
      BATCH,
    )
    const last = fitting(waiting, ({ bytes }) => bytes, BATCH_BYTES).at(-1)?.position
    if (last === undefined) return []
    const sql = 'SELECT body FROM outbox WHERE position <= ? ORDER BY position'
    return this.#store.all(Row, sql, last).map(({ body }) => body)
  }

  /** Inside a write. @param attempt only this one; a later one stays @returns whether it was still here */
  remove(id: string, attempt?: number): boolean {
    if (attempt === undefined) return this.#store.run('DELETE FROM outbox WHERE id = ?', id) > 0
    const sql = "DELETE FROM outbox WHERE id = ? AND coalesce(body ->> 'attempt', 0) = ?"
    return this.#store.run(sql, id, attempt) > 0
  }
}
