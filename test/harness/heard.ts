/** What a test listens to: everything heard so far, and a promise of what is still to come. */
export class Heard<T> {
  readonly all: T[] = []
  readonly #waiting = new Set<() => void>()

  readonly add = (event: T): void => {
    this.all.push(event)
    for (const wake of [...this.#waiting]) wake()
  }

  /** The first event, heard already or to come, that matches. */
  async first(matches: (event: T) => boolean): Promise<T> {
    for (;;) {
      const found = this.all.find(matches)
      if (found !== undefined) return found
      await new Promise<void>(resolve => {
        const wake = () => {
          this.#waiting.delete(wake)
          resolve()
        }
        this.#waiting.add(wake)
      })
    }
  }

  /** Resolves once `count` events match. */
  async times(count: number, matches: (event: T) => boolean): Promise<void> {
    await this.first(() => this.all.filter(matches).length >= count)
  }
}
