/** Somebody who went away may come back: only who stays away for longer than a grace is gone. */
export class Grace implements Disposable {
  readonly #ms: number
  readonly #gone: () => void
  #timer: NodeJS.Timeout | undefined

  /** @param gone runs once each time the grace has passed, which is `ms` milliseconds */
  constructor(ms: number, gone: () => void) {
    this.#ms = ms
    this.#gone = gone
  }

  left(): void {
    this.#timer ??= setTimeout(this.#gone, this.#ms)
  }

  returned(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  [Symbol.dispose](): void {
    this.returned()
  }
}
