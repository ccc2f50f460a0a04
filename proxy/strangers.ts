/**
 * Senders that the routing table does not name. The table may come late, so they are taken; but anybody may invent names, so
 * only so many new ones are taken in a while, and only the last ones are remembered. Names of the table are never counted.
 */
import { OverlayError } from '../shared/protocol/errors.ts'
import { nameKey } from '../shared/protocol/names.ts'

/** So many of them are remembered; whoever was heard of least recently goes first. */
export const MOST_STRANGERS = 1_000
/** So many new ones may come at once, and after that one in so many milliseconds. */
export const NEW_STRANGERS = 256
const ONE_MORE_MS = 60_000

export class TooManyStrangersError extends OverlayError {
  readonly code = 'too_many_strangers'
  readonly status = 429
  override readonly retryable = true
  constructor(name: string) {
    super(
      `Cannot take anything from ${name}: the routing table here does not name it, and too many names came lately that it does not have. Name ${name} in this table, or try again in a minute.`,
    )
  }
}

export class Strangers {
  readonly #isKnown: (name: string) => boolean
  readonly #now: () => number
  /** In small letters, the least recent first. */
  readonly #names = new Set<string>()
  #room = NEW_STRANGERS
  #refilled: number

  /** @param isKnown whether the routing table names it @param now milliseconds that only grow */
  constructor({ isKnown, now }: { isKnown: (name: string) => boolean; now: () => number }) {
    this.#isKnown = isKnown
    this.#now = now
    this.#refilled = now()
  }

  /**
   * Somebody sends something.
   * @returns names that are to be forgotten for it
   * @throws {TooManyStrangersError}
   */
  heardOf(name: string): string[] {
    if (this.#isKnown(name)) return []
    if (!this.#names.has(nameKey(name))) this.#takeRoom(name)
    return this.remembered([name])
  }

  /** Names that there is something of on the disk. @returns those of them that are to be forgotten */
  remembered(names: readonly string[]): string[] {
    for (const key of names.map(nameKey)) {
      if (this.#isKnown(key)) continue
      this.#names.delete(key)
      this.#names.add(key)
    }
    const forgotten: string[] = []
    for (const key of this.#names) {
      if (this.#names.size <= MOST_STRANGERS) break
      this.#names.delete(key)
      // The table may have come meanwhile.
      if (!this.#isKnown(key)) forgotten.push(key)
    }
    return forgotten
  }

  #takeRoom(name: string): void {
    const more = Math.floor((this.#now() - this.#refilled) / ONE_MORE_MS)
    if (more > 0) {
      this.#room = Math.min(NEW_STRANGERS, this.#room + more)
      this.#refilled += more * ONE_MORE_MS
    }
    if (this.#room === 0) throw new TooManyStrangersError(name)
    this.#room -= 1
  }
}
