/**
 * The time that this proxy has been running, over all its starts: what lifetimes and pauses are measured with. It does not
 * jump when somebody sets the machine's clock, and it stands still while the proxy is down: a message that waited through a
 * machine's week of sleep was never tried, so its lifetime is not used up.
 */
import * as z from 'zod'
import { Setting } from '../shared/process/setting.ts'
import type { Store } from '../shared/process/store.ts'
import { storedJson } from '../shared/process/stored-json.ts'

const Newest = z.object({ accepted: z.number() })

export class RunningClock {
  readonly #kept: Setting<number>
  readonly #monotonic: () => number
  readonly #begin: number

  /**
   * @param monotonic milliseconds that only grow, from any beginning
   * @param first where the very first start begins, in milliseconds
   */
  constructor(store: Store, { monotonic, first }: { monotonic: () => number; first: number }) {
    this.#kept = new Setting(store, 'clock', storedJson(z.number()))
    this.#monotonic = monotonic
    const kept = this.#kept.read() ?? first
    // What a crash left unkept of the time is seen by the messages that were accepted in it.
    const newest = store.get(Newest, 'SELECT coalesce(max(accepted), 0) AS accepted FROM outbox')?.accepted ?? 0
    this.#begin = Math.max(kept, newest + 1) - monotonic()
  }

  /** Milliseconds. */
  readonly now = (): number => Math.round(this.#begin + this.#monotonic())

  /** Keeps the time for the next start; inside a write. A crash loses what ran since the last time without a message. */
  keep(): void {
    this.#kept.write(this.now())
  }
}
