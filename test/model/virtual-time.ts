/** Time in a test's own hands: timers fire when it says so, and the clock on the wall can jump without them. */
import { vi } from 'vitest'

const BEGIN = Date.UTC(2026, 0, 2, 3, 4, 5)
/** Turns of the event loop in which nothing happened, after which nothing will without a timer. */
const QUIET_TURNS = 5
/** Work that goes on for so many turns without a timer is a loop that spins. */
const MOST_TURNS = 20_000

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

export class VirtualTime implements Disposable {
  #happened = 0

  constructor() {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
      now: BEGIN,
    })
  }

  /** Something is under way: whoever waits for quiet waits on. */
  readonly happens = (): void => {
    this.#happened += 1
  }

  /** Lets the event loop turn, however much is still under way then. */
  async turns(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await turn()
  }

  /** Resolves once nothing more happens before the next timer. @throws {Error} when something spins */
  async settle(): Promise<void> {
    let quiet = 0
    for (let n = 0; quiet < QUIET_TURNS; n += 1) {
      const before = this.#happened
      await turn()
      quiet = this.#happened === before ? quiet + 1 : 0
      if (n > MOST_TURNS) throw new Error('something spins: it never waits for a timer')
    }
  }

  /** Lets `ms` milliseconds pass, and everything come of each timer before the next; ends early once `enough` says so. */
  async pass(ms: number, enough: () => boolean = () => false): Promise<void> {
    let isOver = false
    const end = setTimeout(() => {
      isOver = true
    }, ms)
    await this.settle()
    while (!isOver && !enough()) {
      const before = performance.now()
      vi.advanceTimersToNextTimer()
      // A timer takes a millisecond at least; those of the tests fire at once when less is asked for.
      if (performance.now() === before) vi.advanceTimersByTime(1)
      await this.settle()
    }
    clearTimeout(end)
  }

  /** Sets the clock on the wall forward, or back, without any time passing. */
  jump(ms: number): void {
    vi.setSystemTime(Date.now() + ms)
  }

  [Symbol.dispose](): void {
    vi.useRealTimers()
  }
}
