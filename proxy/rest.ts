/**
 * How long a destination that failed is left alone: with full jitter, longer each time, and only progress begins anew.
 * One that is heard of lives, so it is tried sooner; but it cannot have itself tried without end by being heard.
 */
import { backoff } from '../shared/process/backoff.ts'
import { CallRefusedError } from '../shared/process/http-client.ts'
import type { Wake } from '../shared/process/wake.ts'

/** Longest pause between two attempts, in milliseconds. */
const LONGEST_MS = 60_000
/** A destination that was heard of in vain before is tried this long after the failure, and twice as long after the next. */
const HEARD_MS = 100
/** One that is heard of after each failure is tried this long after it at the latest, in milliseconds. */
const HEARD_LONGEST_MS = 2_000

export type RestParts = {
  /** Rung when it is heard of, and for whatever else: then it sleeps on. */
  readonly wake: Wake
  readonly random: () => number
  /** Milliseconds that only grow. */
  readonly now: () => number
}

export class Rest {
  readonly #parts: RestParts
  #failures = 0
  /** Signs of life in a row that were followed in vain. */
  #inVain = 0
  #isHeard = false

  constructor(parts: RestParts) {
    this.#parts = parts
  }

  /** Messages were taken, or there were none to take. */
  progressed(): void {
    this.#failures = 0
    this.#inVain = 0
    this.#isHeard = false
  }

  /**
   * It was heard of, maybe while an attempt was out: a pause is cut short, the less the more often that was in vain, and never
   * below what it asked for itself.
   */
  heard(): void {
    this.#isHeard = true
  }

  /** Resolves when it is time to try again, or `signal` aborts. */
  async after(error: unknown, signal: AbortSignal): Promise<void> {
    const { wake, random, now } = this.#parts
    this.#failures += 1
    const failed = now()
    const asked = failed + (error instanceof CallRefusedError ? Math.min(error.retryAfterMs ?? 0, LONGEST_MS) : 0)
    const tired = Math.max(asked, failed + backoff(this.#failures, { random, ceilingMs: LONGEST_MS }))
    const heardMs = { random: () => 1, baseMs: HEARD_MS, ceilingMs: HEARD_LONGEST_MS }
    const alive = Math.max(asked, failed + (this.#inVain === 0 ? 0 : backoff(this.#inVain - 1, heardMs)))
    const until = () => (this.#isHeard ? Math.min(alive, tired) : tired)
    while (now() < until() && !signal.aborted) await wake.sleep(signal, until() - now())
    if (this.#isHeard) this.#inVain += 1
    this.#isHeard = false
  }
}
