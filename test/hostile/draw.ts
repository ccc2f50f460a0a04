/** Random choices of one case: from fast-check, so that a seed repeats them. */
import fc from 'fast-check'

const WHOLE = 2 ** 31 - 1
const whole = fc.integer({ min: 0, max: WHOLE - 1 })
const bytes = fc.uint8Array({ maxLength: 64 })
const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' })
const string = fc.string({ unit: 'binary', maxLength: 40 })
const double = fc.double()
const [Whole, Bytes, Json, Text, Double] = [() => whole, () => bytes, () => json, () => string, () => double]

/** Most characters of long texts in one case: what is longer has tests of its own, and would make a run of nothing else. */
const ROOM = 150_000

export class Draw {
  #room = ROOM
  readonly #value: fc.GeneratorValue

  constructor(value: fc.GeneratorValue) {
    this.#value = value
  }

  /** From 0 to below `count`. */
  below(count: number): number {
    return this.#value(Whole) % Math.max(1, count)
  }

  /** True once in so many times. */
  once(inTimes: number): boolean {
    return this.below(inTimes) === 0
  }

  of<T>(values: readonly [T, ...T[]]): T
  of<T>(values: readonly T[]): T | undefined
  of<T>(values: readonly T[]): T | undefined {
    return values[this.below(values.length)]
  }

  /** As many of a character as were asked for, as long as there is room for them. */
  many(character: string, length: number): string {
    const granted = Math.min(length, Math.max(0, this.#room))
    this.#room -= granted
    return character.repeat(granted)
  }

  json(): unknown {
    return this.#value(Json)
  }

  text(): string {
    return this.#value(Text)
  }

  double(): number {
    return this.#value(Double)
  }

  bytes(): Buffer {
    return Buffer.from(this.#value(Bytes))
  }

  /** Of an arbitrary that is made once. */
  from<T>(arbitrary: () => fc.Arbitrary<T>): T {
    return this.#value(arbitrary)
  }
}

/** As many sources of choices, the same ones for a seed. */
export const draws = (seed: number, count: number): Draw[] =>
  fc.sample(fc.gen(), { seed, numRuns: count }).map(value => new Draw(value))

/** `SEED=n` repeats a run. */
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
