/**
 * What answers used, on the disk of the proxy: one row for a day, route, model and currency. Rows bear the name of the
 * store that counted them, so that a disk that was put back from a backup never counts on under rows that others know.
 */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { MOST } from '../shared/protocol/bounds.ts'
import { COUNT_FIELDS, CountedRow, UsageCounts, type UsageKey } from '../shared/protocol/usage.ts'

const Row = z.object({
  ...CountedRow.shape,
  currency: z
    .string()
    .transform(currency => currency || null)
    .pipe(CountedRow.shape.currency),
  demo: z
    .int()
    .transform(demo => demo === 1)
    .pipe(z.boolean()),
})
const StoreName = z.object({ store: z.uuid() })
const Sums = z.object({
  route: z.string(),
  demo: Row.shape.demo,
  currency: Row.shape.currency,
  ...UsageCounts.shape,
})
/** Sums over all days that are kept. */
export type UsageSums = z.infer<typeof Sums>

/** Rows of one day that are told apart, at most: routes and models are names that anybody may invent. */
export const MOST_DAY_ROWS = 64
const OTHER = { route: 'other', model: 'other' }
const Room = z.object({ rows: z.int(), known: z.int() })

const COLUMNS = COUNT_FIELDS.join(', ')
const KEY = 'day, route, model, currency, demo'
const ADD = `
  INSERT INTO usage (store, ${KEY}, revision, ${COLUMNS})
  VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(revision), 0) + 1 FROM usage), ${COUNT_FIELDS.map(() => '?').join(', ')})
  ON CONFLICT (store, ${KEY}) DO UPDATE SET revision = excluded.revision,
    ${COUNT_FIELDS.map(field => `${field} = min(${MOST}, ${field} + excluded.${field})`).join(', ')}`

export class UsageRows {
  readonly #store: Store
  readonly #name: () => string

  /** @param name which disk this is now */
  constructor(store: Store, name: () => string) {
    this.#store = store
    this.#name = name
  }

  /** Inside a write. Another route or model of a day that has many already is counted as `other`, together with its like. */
  add(counted: UsageKey, counts: UsageCounts): void {
    const { day, currency, demo } = counted
    const { route, model } = this.#hasRoom(counted) ? counted : OTHER
    const key = [this.#name(), day, route, model, currency ?? '', demo ? 1 : 0]
    this.#store.run(ADD, ...key, ...COUNT_FIELDS.map(field => counts[field]))
  }

  #hasRoom({ day, route, model, currency, demo }: UsageKey): boolean {
    const sql = `SELECT count(*) AS rows, coalesce(max(route = ? AND model = ? AND currency = ? AND demo = ?), 0) AS known
      FROM usage WHERE store = ? AND day = ?`
    const found = this.#store.get(Room, sql, route, model, currency ?? '', demo ? 1 : 0, this.#name(), day)
    return found === undefined || found.known === 1 || found.rows < MOST_DAY_ROWS
  }

  /** The stores that counted here since a day. */
  stores(since: string): string[] {
    const sql = 'SELECT DISTINCT store FROM usage WHERE day >= ? ORDER BY store'
    return this.#store.all(StoreName, sql, since).map(({ store }) => store)
  }

  /** Rows of a store that changed after a revision, in the order of their revisions. */
  changed(store: string, { after, since, limit }: { after: number; since: string; limit: number }): CountedRow[] {
    const counts = COUNT_FIELDS.map(field => `min(${MOST}, ${field}) AS ${field}`).join(', ')
    const sql = `SELECT ${KEY}, revision, ${counts} FROM usage
      WHERE store = ? AND revision > ? AND day >= ? ORDER BY revision LIMIT ?`
    return this.#store.all(Row, sql, store, after, since, limit)
  }

  sums(): UsageSums[] {
    const columns = COUNT_FIELDS.map(field => `min(${MOST}, sum(${field})) AS ${field}`).join(', ')
    return this.#store.all(
      Sums,
      `SELECT route, demo, currency, ${columns} FROM usage GROUP BY route, demo, currency ORDER BY route, demo, currency`,
    )
  }

  /** Forgets days before one; inside a write. */
  forget(before: string): void {
    this.#store.run('DELETE FROM usage WHERE day < ?', before)
  }
}
