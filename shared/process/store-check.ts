/** Whether a store's file is whole. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import * as z from 'zod'

const Table = z.object({ name: z.string() })
const Check = z.object({ quick_check: z.string() })

/**
 * Table by table: a check of everything at once would have a full-text index compared entry by entry, ten seconds for a
 * million messages. The tables in which such an index lies are checked as any other.
 * @throws {Error} when a table is damaged
 */
export function checkTables(database: DatabaseSyncInstance): void {
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0`).all()
  for (const { name } of tables.map(row => Table.parse(row))) {
    const health = Check.parse(database.prepare(`PRAGMA quick_check('${name}')`).get()).quick_check
    if (health !== 'ok') throw new Error(`it is damaged (${health})`)
  }
}
