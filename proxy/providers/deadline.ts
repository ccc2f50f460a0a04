/** A limit on time that can be pushed back by a sign of life. */

/** The reason of the signal of a deadline that passed; the message says what took how long. */
export class DeadlineError extends Error {}

/** Aborts its signal when `ms` milliseconds passed since the start or the last {@link Deadline.restart}. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout

  constructor(ms: number, what: string) {
    this.#timer = setTimeout(() => this.#controller.abort(new DeadlineError(`${what} for ${ms / 1000} s`)), ms)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  restart(): void {
    if (!this.signal.aborted) this.#timer.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
