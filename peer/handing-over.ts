/** Messages that the proxy may have although it did not say so: only it can take them back. */
import { EventEmitter, once } from 'node:events'

export class HandingOver {
  readonly #ids = new Set<string>()
  /** Those of the last attempt that no attempt before it had. */
  #firstTried: readonly string[] = []
  readonly #settled = new EventEmitter().setMaxListeners(0)

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** They are sent now, some perhaps not for the first time. */
  tries(ids: readonly string[]): void {
    this.#firstTried = ids.filter(id => !this.#ids.has(id))
    for (const id of ids) this.#ids.add(id)
  }

  /** Nothing of the last attempt arrived; what earlier ones tried may have. */
  nothingArrived(): void {
    this.settled(this.#firstTried)
  }

  /** What became of them is known. */
  settled(ids: readonly string[]): void {
    for (const id of ids) if (this.#ids.delete(id)) this.#settled.emit(id)
  }

  /** Resolves once it is known what became of a message; at once for one that is not being sent. @throws {Error} after `ms` milliseconds */
  async over(id: string, ms: number): Promise<void> {
    if (!this.#ids.has(id)) return
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), ms)
    try {
      await once(this.#settled, id, { signal: late.signal })
    } finally {
      clearTimeout(timer)
    }
  }
}
