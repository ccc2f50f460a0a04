/** What was sent and what came back: by process, route, kind and status. */
import { renderTable } from '../../shared/launch/console.ts'

export class Tally {
  readonly #counts = new Map<string, Map<string, number>>()

  /** @param by such as `process`, and then what it was */
  add(by: string, what: string): void {
    const counts = this.#counts.get(by) ?? new Map<string, number>()
    counts.set(what, (counts.get(what) ?? 0) + 1)
    this.#counts.set(by, counts)
  }

  of(by: string): ReadonlyMap<string, number> {
    return this.#counts.get(by) ?? new Map()
  }

  sum(by: string): number {
    return [...this.of(by).values()].reduce((sum, count) => sum + count, 0)
  }

  /** One line a kind of thing counted, and how many of each, most first. */
  toString(): string {
    const rows = [...this.#counts.keys()].map(by => [by, inWords(this.of(by))])
    return renderTable(rows)
  }
}

export const inWords = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ')
