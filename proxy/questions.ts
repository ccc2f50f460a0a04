/** Questions to an API as they are recorded: before the call, during it, and after. */
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { IdConflictError } from '../shared/protocol/errors.ts'
import { Submission } from '../shared/protocol/local.ts'
import { sameName } from '../shared/protocol/names.ts'

const Row = z.object({
  id: z.string(),
  body: z
    .string()
    .transform(text => JSON.parse(text))
    .pipe(Submission),
  answer: z.string(),
})
const Id = Row.pick({ id: true })
const Known = Row.pick({ body: true }).extend({ state: z.string() })

/** `answer` is the id that the whole answer will have. */
export type Question = z.infer<typeof Row>

export class Questions {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Records a question; inside a write. The same attempt again is not asked again, whatever came of it, so that nobody
   * pays twice without wanting to.
   * @throws {IdConflictError}
   */
  accept(submission: Submission, { answer, now }: { answer: string; now: number }): void {
    const known = this.#store.get(Known, 'SELECT body, state FROM question WHERE id = ?', submission.id)
    if (known !== undefined) {
      if (!isSame(known.body, submission)) throw new IdConflictError(submission.id)
      if (known.state !== 'done' || submission.attempt <= known.body.attempt) return
      this.#store.run('DELETE FROM question WHERE id = ?', submission.id)
    }
    this.#store.run(
      `INSERT INTO question (id, destination, body, state, answer, accepted) VALUES (?, ?, ?, 'accepted', ?, ?)`,
      submission.id,
      submission.destination,
      JSON.stringify(submission),
      answer,
      now,
    )
  }

  /** Whether a question with this id was recorded, at any time that is remembered. */
  knows(id: string): boolean {
    return this.#store.get(Id, 'SELECT id FROM question WHERE id = ?', id) !== undefined
  }

  /** Those nobody asked yet, oldest first. */
  accepted(limit: number): Question[] {
    return this.#select("state = 'accepted' ORDER BY accepted, id LIMIT ?", limit)
  }

  /** Those whose call had begun: after a restart their outcome is unknown. */
  asking(): Question[] {
    return this.#select("state = 'asking' LIMIT ?", 1000)
  }

  find(id: string): Question | undefined {
    return this.#select("state <> 'done' AND (id = ?1 OR answer = ?1) LIMIT 1", id)[0]
  }

  /** Inside a write. @returns false when it was taken back before it was asked */
  begin(id: string): boolean {
    return this.#store.run("UPDATE question SET state = 'asking' WHERE id = ? AND state = 'accepted'", id) > 0
  }

  /** Whether its call has begun and nothing is recorded of its end. */
  isAsking(id: string): boolean {
    return this.#store.get(Id, "SELECT id FROM question WHERE id = ? AND state = 'asking'", id) !== undefined
  }

  /** Answered or failed: remembered, so that the same attempt handed over once more is not asked again. */
  done(id: string): void {
    this.#store.run("UPDATE question SET state = 'done' WHERE id = ?", id)
  }

  forgetDone(before: number): void {
    this.#store.run("DELETE FROM question WHERE state = 'done' AND accepted < ?", before)
  }

  #select(where: string, parameter: string | number): Question[] {
    return this.#store.all(Row, `SELECT id, body, answer FROM question WHERE ${where}`, parameter)
  }
}

const isSame = (one: Submission, other: Submission): boolean =>
  one.message === other.message &&
  one.type === other.type &&
  sameName(one.destination, other.destination) &&
  isDeepStrictEqual(one.metadata, other.metadata)
