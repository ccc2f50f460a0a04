/** Questions to an API as they are recorded: before the call, during it, and after. */
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { storedJson } from '../shared/process/stored-json.ts'
import { IdConflictError } from '../shared/protocol/errors.ts'
import { KeptSubmission, type Submission } from '../shared/protocol/local.ts'
import { sameName } from '../shared/protocol/names.ts'

const Row = z.object({
  id: z.string(),
  body: storedJson(KeptSubmission),
  answer: z.string(),
  state: z.enum(['accepted', 'asking', 'done']),
})
const Id = Row.pick({ id: true })
const Place = z.object({ id: z.string(), destination: z.string() })
const Known = Row.pick({ body: true, state: true })

/** `answer` is the id that the whole answer will have. `asking`: its call may have been made. */
export type Question = z.infer<typeof Row>

export class Questions {
  readonly #store: Store
  readonly #now: () => number

  /** @param now of the running clock: what is remembered for a while does not go when somebody sets the clock on the wall */
  constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /**
   * Records a question; inside a write. The same attempt again is not asked again, whatever came of it, so that nobody
   * pays twice without wanting to.
   * @param how.begun it is recorded as being asked
   * @returns whether it is to be asked
   * @throws {IdConflictError}
   */
  accept(submission: Submission, { answer, begun }: { answer: string; begun: boolean }): boolean {
    const known = this.#store.get(Known, 'SELECT body, state FROM question WHERE id = ?', submission.id)
    if (known !== undefined) {
      if (!isSame(known.body, submission)) throw new IdConflictError(submission.id)
      if (known.state !== 'done' || submission.attempt <= known.body.attempt) return false
      this.#store.run('DELETE FROM question WHERE id = ?', submission.id)
    }
    this.#store.run(
      `INSERT INTO question (id, destination, body, state, answer, accepted) VALUES (?, ?, ?, ?, ?, ?)`,
      submission.id,
      submission.destination,
      JSON.stringify(submission),
      begun ? 'asking' : 'accepted',
      answer,
      this.#now(),
    )
    return true
  }

  /** Whether a question with this id was recorded, at any time that is remembered. */
  knows(id: string): boolean {
    return this.#store.get(Id, 'SELECT id FROM question WHERE id = ?', id) !== undefined
  }

  /** Those nobody asked yet, oldest first. */
  accepted(): z.infer<typeof Place>[] {
    return this.#store.all(Place, "SELECT id, destination FROM question WHERE state = 'accepted' ORDER BY accepted, id")
  }

  /** Those whose call had begun: after a restart their outcome is unknown. */
  asking(): Question[] {
    return this.#select('state = ?', 'asking')
  }

  /** One that is not over. */
  open(id: string): Question | undefined {
    return this.#select("state <> 'done' AND id = ?", id)[0]
  }

  /** One that is not over, by its id or that of its answer. */
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

  /**
   * Answered or failed: remembered, so that the same attempt handed over once more is not asked again. The conversation
   * that went along is not: it belongs to the peer, and it would be many times what is remembered.
   */
  done(id: string): void {
    this.#store.run("UPDATE question SET state = 'done', body = json_remove(body, '$.context') WHERE id = ?", id)
  }

  forgetDone(before: number): void {
    this.#store.run("DELETE FROM question WHERE state = 'done' AND accepted < ?", before)
  }

  #select(where: string, parameter: string): Question[] {
    return this.#store.all(Row, `SELECT id, body, answer, state FROM question WHERE ${where}`, parameter)
  }
}

const isSame = (one: Submission, other: Submission): boolean =>
  one.message === other.message &&
  one.type === other.type &&
  sameName(one.destination, other.destination) &&
  isDeepStrictEqual(one.metadata, other.metadata)
