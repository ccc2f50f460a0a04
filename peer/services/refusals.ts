/** What the own proxy refuses, such as what is published to somebody who left: said once, until they are reached again. */
import type { Log } from '../../shared/process/log.ts'
import type { Submission, SubmissionResult } from '../../shared/protocol/local.ts'
import { nameKey } from '../../shared/protocol/names.ts'

/** So many names are remembered; beyond that some are told of once more. */
const MOST_TOLD = 1_000

export class Refusals {
  readonly #log: Pick<Log, 'warn'>
  readonly #told = new Set<string>()

  constructor(log: Pick<Log, 'warn'>) {
    this.#log = log
  }

  /** @param messages what was handed over; there are results of some of them, or of all */
  note(results: readonly SubmissionResult[], messages: readonly Pick<Submission, 'id' | 'destination'>[]): void {
    const destinations = new Map(messages.map(({ id, destination }) => [id, destination]))
    for (const result of results) {
      const to = destinations.get(result.id) ?? ''
      const key = nameKey(to)
      if (result.state === 'accepted') this.#told.delete(key)
      else if (!this.#told.has(key)) {
        if (this.#told.size >= MOST_TOLD) this.#told.clear()
        this.#told.add(key)
        this.#log.warn(
          { to, code: result.code, reason: result.reason },
          'a message was refused, and so are those like it',
        )
      }
    }
  }
}
