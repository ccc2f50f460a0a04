import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { DataFileError } from './start-error.ts'
import { openStore } from './store.ts'

const FIRST = 'CREATE TABLE item (value TEXT NOT NULL)'
const SECOND = "ALTER TABLE item ADD COLUMN kind TEXT NOT NULL DEFAULT 'old'; CREATE INDEX by_kind ON item (kind)"
/** Takes far longer than the test lets it live. */
const ENDLESS = `CREATE TABLE copy (value TEXT); DELETE FROM item;
  INSERT INTO copy WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e9) SELECT hex(randomblob(500)) FROM n`

const Version = z.object({ user_version: z.int() })
const Item = z.object({ value: z.string() })

async function scratchFile(): Promise<string> {
  const path = join(scratchFolder(), 'test.db')
  const store = openStore({ path, migrations: [FIRST] })
  await store.write(() => store.run("INSERT INTO item VALUES ('kept')"))
  store.close()
  return path
}

function contents(path: string, migrations: readonly string[]) {
  const store = openStore({ path, migrations })
  const found = { version: store.get(Version, 'PRAGMA user_version'), items: store.all(Item, 'SELECT value FROM item') }
  const tables = store.all(z.object({ name: z.string() }), "SELECT name FROM sqlite_master WHERE type = 'table'")
  store.close()
  return { version: found.version?.user_version, items: found.items, tables: tables.map(({ name }) => name) }
}

test('migration that is new runs once, and the rows of before are still there', async () => {
  const path = await scratchFile()
  for (let time = 0; time < 2; time += 1)
    expect(contents(path, [FIRST, SECOND])).toMatchObject({ version: 2, items: [{ value: 'kept' }] })
})

test('migrations that ran before a faulty one stay, and the faulty one leaves nothing', async () => {
  const path = await scratchFile()
  expect(() => openStore({ path, migrations: [FIRST, SECOND, 'CREATE TABLE third (n); no SQL'] })).toThrow(
    DataFileError,
  )
  expect(contents(path, [FIRST, SECOND])).toEqual({ version: 2, items: [{ value: 'kept' }], tables: ['item'] })
})

test('process that dies in the midst of a migration leaves the version of before, whole', async () => {
  const path = await scratchFile()
  const program = join(scratchFolder(), 'migrate.mts')
  const module = JSON.stringify(join(import.meta.dirname, 'store.ts'))
  writeFileSync(
    program,
    `import { openStore } from ${module}\nopenStore(${JSON.stringify({ path, migrations: [FIRST, SECOND, ENDLESS] })})`,
  )
  const child = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['ignore', 'inherit', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  const written = () => (existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0)
  while (written() < 4_000_000) {
    expect(child.exitCode).toBeNull()
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  child.kill('SIGKILL')
  await ended
  expect(contents(path, [FIRST, SECOND])).toEqual({ version: 2, items: [{ value: 'kept' }], tables: ['item'] })
})

test('file of a newer version is refused and left as it is', async () => {
  const path = await scratchFile()
  contents(path, [FIRST, SECOND])
  const bytes = readFileSync(path)
  expect(() => openStore({ path, migrations: [FIRST] })).toThrow(/newer version of Overlay Chat \(schema 2\)/)
  expect(readFileSync(path).equals(bytes)).toBe(true)
})
