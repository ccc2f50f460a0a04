/** What the own proxy has not taken yet, and handing it over. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { Submission, type SubmissionResult, SubmissionResults } from '../shared/protocol/local.ts'

/** Most messages handed over in one request. */
const BATCH = 64

const Row = z.object({
  body: z
    .string()
    .transform(text => JSON.parse(text))
    .pipe(Submission),
})
export type SubmissionInput = z.input<typeof Submission>

export class Outbox {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Inside a write. */
  add(submission: SubmissionInput): void {
    this.#store.run(
      'INSERT INTO outbox (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING',
      submission.id,
      JSON.stringify(submission),
    )
  }

  head(): Submission[] {
    return this.#store.all(Row, 'SELECT body FROM outbox ORDER BY position LIMIT ?', BATCH).map(({ body }) => body)
  }

  /** Inside a write. @returns whether it was still here */
  remove(id: string): boolean {
    return this.#store.run('DELETE FROM outbox WHERE id = ?', id) > 0
  }
}

/** The proxy's answer to a batch, parsed. */
export const parseResults = (body: unknown): SubmissionResult[] => SubmissionResults.parse(body).results
