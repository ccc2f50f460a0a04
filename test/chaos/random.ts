/** Chance that can be repeated: every random choice of a chaos test comes from one seed, which is printed with what failed. */
import { seeded } from '../harness/seeded.ts'
import { isFull } from './report.ts'

/** `CHAOS_SEED=123` repeats a run's choices; what the processes do at those moments is still their own. */
export const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
process.stdout.write(`CHAOS_SEED=${seed}${isFull ? ' CHAOS=full' : ''}\n`)

export class Random {
  /** From 0 to below 1. */
  readonly next: () => number

  /** @param name gives each part of a test a sequence of its own, whatever the other parts draw */
  constructor(name: string, from: number = seed) {
    this.next = seeded(
      [...name].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16777619), from ^ 2166136261),
    )
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map(item => ({ item, place: this.next() }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item)
  }
}
