/** A bell for loops: work rings it, the loop sleeps on it. A ring while nobody sleeps is kept for the next sleep. */
export class Wake {
  #rung = false
  #sleeper: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#sleeper?.()
  }

  /** Resolves at the next ring, after `ms` milliseconds if given, or when `signal` aborts. Never rejects. */
  async sleep(signal: AbortSignal, ms?: number): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = withResolvers()
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
      this.#sleeper = resolve
      signal.addEventListener('abort', resolve, { once: true })
      await promise
      signal.removeEventListener('abort', resolve)
      clearTimeout(timer)
    }
    this.#rung = false
    this.#sleeper = undefined
  }
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>(done => {
    resolve = () => done()
  })
  return { promise, resolve }
}
