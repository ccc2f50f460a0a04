/** Whoever upgrades keeps what they have: from every version that a store ever had to the newest. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { migrations as peerMigrations } from '../../peer/migrations.ts'
import { migrations as serviceMigrations } from '../../peer/services/migrations.ts'
import { migrations as proxyMigrations } from '../../proxy/migrations.ts'
import { STORE_SCHEMAS } from '../../shared/launch/data-files.ts'
import { openStore, type Store } from '../../shared/process/store.ts'
import { scratchFolder } from '../harness/scratch.ts'

const STORES = { 'peer.db': peerMigrations, 'proxy.db': proxyMigrations, 'service.db': serviceMigrations }
/** Every version from which somebody may come. */
const upgrades = Object.entries(STORES).flatMap(([name, migrations]) =>
  migrations.map((_, index) => ({ name, migrations, version: index + 1 })),
)

const Table = z.object({ name: z.string(), sql: z.string() })
const Column = z.object({ name: z.string(), type: z.string() })
const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))

/** Plain tables without what follows from others: SQLite's own, the full-text index and how far it is filled. */
const tables = (store: Store) =>
  store
    .all(
      Table,
      "SELECT name, sql FROM pragma_table_list JOIN sqlite_master USING (name) WHERE sqlite_master.type = 'table' AND pragma_table_list.type = 'table'",
    )
    .filter(({ name }) => !name.startsWith('sqlite_') && name !== 'text_position')

const columns = (store: Store, table: string) => store.all(Column, 'SELECT name, type FROM pragma_table_info(?)', table)

/** A number, one of the values that a CHECK allows, or JSON, as most columns of text hold. */
function sample({ name, type }: z.infer<typeof Column>, sql: string): string | number {
  if (type === 'INTEGER') return 1
  return new RegExp(`${name} IN \\('([^']*)'`).exec(sql)?.[1] ?? '{}'
}

async function fill(store: Store): Promise<void> {
  await store.write(() => {
    for (const { name, sql } of tables(store)) {
      const wanted = columns(store, name)
      const marks = wanted.map(() => '?').join(', ')
      store.run(`INSERT INTO ${name} VALUES (${marks})`, ...wanted.map(column => sample(column, sql)))
    }
  })
}

const rows = (store: Store, table: string) => store.all(Row, `SELECT * FROM ${table}`)

test.each(upgrades)('$name of version $version keeps every row when it is opened by the newest', async upgrade => {
  const path = join(scratchFolder(), upgrade.name)
  const old = openStore({ path, migrations: upgrade.migrations.slice(0, upgrade.version) })
  await fill(old)
  const before = tables(old).map(({ name }) => ({ name, rows: rows(old, name) }))
  expect(before.length).toBeGreaterThan(2)
  old.close()
  const store = openStore({ path, migrations: upgrade.migrations })
  for (const { name, rows: kept } of before) {
    expect(kept.length).toBeGreaterThan(0)
    const names = columns(store, name).map(column => column.name)
    const lasting = kept.map(row =>
      Object.fromEntries(Object.entries(row).filter(([column]) => names.includes(column))),
    )
    expect(rows(store, name), name).toMatchObject(lasting)
  }
  expect(store.all(z.unknown(), 'PRAGMA foreign_key_check')).toEqual([])
  expect(store.get(Row, 'PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' })
  store.close()
})

test('a restore knows how many migrations each store has', () => {
  const counts = Object.entries(STORES).map(([name, migrations]) => [name, migrations.length] as const)
  expect(STORE_SCHEMAS).toEqual(Object.fromEntries(counts))
})
