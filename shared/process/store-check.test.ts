import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Heard } from '../../test/harness/heard.ts'
import { heardLog } from '../../test/harness/heard-log.ts'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { DataFileError } from './start-error.ts'
import { openStore } from './store.ts'

const migrations = [
  'CREATE TABLE item (value TEXT NOT NULL); CREATE TABLE other (value BLOB); CREATE INDEX by_value ON item (value)',
]
const Root = z.object({ rootpage: z.int() })
const PAGE_BYTES = 4096

/** A file, with a log beside it where its process died, in which the index does not say what the table says. */
async function damagedFile({ died, filler = 0 }: { died: boolean; filler?: number }): Promise<string> {
  const folder = scratchFolder()
  const path = join(folder, 'whole.db')
  const copy = join(folder, 'test.db')
  const store = openStore({ path, migrations })
  await store.write(() => {
    for (const value of ['first', 'second', 'third']) store.run('INSERT INTO item VALUES (?)', value)
    store.run('INSERT INTO other VALUES (zeroblob(?))', filler)
  })
  const { rootpage } = Root.parse(store.get(Root, "SELECT rootpage FROM sqlite_master WHERE name = 'by_value'"))
  store.close()
  const again = openStore({ path, migrations })
  await again.write(() => again.run("INSERT INTO other VALUES ('in the log')"))
  for (const end of died ? ['', '-wal'] : ['']) copyFileSync(path + end, copy + end)
  again.close()
  const bytes = readFileSync(copy)
  const place = bytes.indexOf('second', (rootpage - 1) * PAGE_BYTES)
  expect(place).toBeLessThan(rootpage * PAGE_BYTES)
  bytes.write('zzzzzz', place)
  writeFileSync(copy, bytes)
  return copy
}

test('store leaves no log behind when it is closed, although its statements are still alive', async () => {
  const path = join(scratchFolder(), 'test.db')
  const store = openStore({ path, migrations })
  await store.write(() => store.run("INSERT INTO item VALUES ('a')"))
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
  store.close()
  expect(existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0).toBe(0)
})

test('store whose process died refuses an index that does not fit its table, names the file and the remedy', async () => {
  const path = await damagedFile({ died: true })
  const bytes = readFileSync(path)
  expect(() => openStore({ path, migrations })).toThrow(DataFileError)
  expect(() => openStore({ path, migrations })).toThrow(
    /test\.db: it is damaged .*by_value.*startup\.ts restore FOLDER/,
  )
  expect(readFileSync(path).equals(bytes)).toBe(true)
})

test('store that was closed is looked at page by page only: rows against indices would take twice as long', async () => {
  const path = await damagedFile({ died: false })
  openStore({ path, migrations }).close()
  const bytes = readFileSync(path)
  const page = Math.floor(bytes.indexOf('zzzzzz') / PAGE_BYTES) * PAGE_BYTES
  bytes.fill(0xff, page, page + 100)
  writeFileSync(path, bytes)
  expect(() => openStore({ path, migrations })).toThrow(/it is damaged/)
})

test('store that is large is checked beside the serving, and its process ends when it is damaged', async () => {
  const path = await damagedFile({ died: true, filler: 40_000_000 })
  const failed = new Heard<DataFileError>()
  const { log, said } = heardLog()
  const store = openStore({ path, migrations }, { log, fail: failed.add })
  expect(store.all(z.object({ value: z.string() }), 'SELECT value FROM item')).toHaveLength(3)
  expect(await said('checked beside')).toMatchObject({ kind: 'integrity_check' })
  const error = await failed.first(() => true)
  expect(error).toBeInstanceOf(DataFileError)
  expect(error.message).toMatch(/test\.db: it is damaged .*by_value.*startup\.ts restore FOLDER/)
  expect(error.message).not.toContain('Nothing was changed')
  store.close()
})

test('store that is large and whole serves on, and the log says so', async () => {
  const path = join(scratchFolder(), 'test.db')
  const first = openStore({ path, migrations })
  await first.note(() => first.run('INSERT INTO other VALUES (zeroblob(40000000))'))
  first.close()
  const { log, said } = heardLog()
  const store = openStore({ path, migrations }, { log, fail: error => expect(error).toBeUndefined() })
  expect(await said('checked beside')).toMatchObject({ kind: 'quick_check' })
  await said('is whole')
  store.close()
})
