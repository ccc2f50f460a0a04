/** Who asks a route now and who waits for it: so many at once, so many waiting, the oldest first. No route holds up another. */
import { nameKey } from '../shared/protocol/names.ts'
import type { RouteLimits } from '../shared/protocol/route.ts'

/** `order` says who is older: the smaller one. */
type Waiter = { readonly order: number; readonly admit: () => void }
type Lane = { readonly name: string; running: number; waiting: Waiter[] }

export class Lanes {
  readonly #limits: (name: string) => RouteLimits
  readonly #lanes = new Map<string, Lane>()

  /** @param limits those of a route as they are now */
  constructor(limits: (name: string) => RouteLimits) {
    this.#limits = limits
  }

  /** Whether somebody who enters after `others` more asks at once. */
  hasRoom(name: string, others: number): boolean {
    const { running, waiting } = this.#lane(name)
    return running + waiting.length + others < this.#limits(name).parallel
  }

  /** How many ask the route, and how many wait for it. */
  load(name: string): { readonly running: number; readonly waiting: number } {
    const { running, waiting } = this.#lane(name)
    return { running, waiting: waiting.length }
  }

  /**
   * Whoever `entered` leaves again. Who finds the lane `full` neither waits nor asks; who is `aborted` did wait.
   * @param who.signal takes one that waits out of the lane
   */
  async enter(
    name: string,
    { order, signal }: { order: number; signal: AbortSignal },
  ): Promise<'entered' | 'full' | 'aborted'> {
    const lane = this.#lane(name)
    const { parallel, waiting } = this.#limits(name)
    if (signal.aborted) return 'aborted'
    if (lane.running < parallel && lane.waiting.length === 0) {
      lane.running += 1
      return 'entered'
    }
    if (lane.waiting.length >= waiting) return 'full'
    return new Promise(resolve => {
      const admit = () => {
        signal.removeEventListener('abort', abort)
        resolve('entered')
      }
      const waiter = { order, admit }
      const abort = () => {
        lane.waiting = lane.waiting.filter(other => other !== waiter)
        resolve('aborted')
      }
      signal.addEventListener('abort', abort, { once: true })
      const older = lane.waiting.findLastIndex(other => other.order < order)
      lane.waiting.splice(older + 1, 0, waiter)
    })
  }

  leave(name: string): void {
    const lane = this.#lane(name)
    lane.running -= 1
    this.#admit(lane)
  }

  /** Limits may have been raised. */
  limitsChanged(): void {
    for (const lane of this.#lanes.values()) this.#admit(lane)
  }

  #admit(lane: Lane): void {
    const { parallel } = this.#limits(lane.name)
    while (lane.running < parallel) {
      const next = lane.waiting.shift()
      if (next === undefined) return
      lane.running += 1
      next.admit()
    }
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(nameKey(name))
    if (known !== undefined) return known
    const lane = { name, running: 0, waiting: [] }
    this.#lanes.set(nameKey(name), lane)
    return lane
  }
}
