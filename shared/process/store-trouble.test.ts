import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { heardLog } from '../../test/harness/heard-log.ts'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { DataFileError } from './start-error.ts'
import { openStore } from './store.ts'
import { isDiskFailure, namedFailure, StorageFailedError } from './store-failure.ts'

const migrations = ['CREATE TABLE item (value TEXT NOT NULL)']
const Row = z.object({ value: z.string() })
const LARGE = 'x'.repeat(1_000_000)

function scratchStore() {
  const path = join(scratchFolder(), 'test.db')
  const { log, lines, said } = heardLog()
  const store = openStore({ path, migrations }, { log })
  onTestFinished(() => store.close())
  const add = (value: string) => store.run('INSERT INTO item VALUES (?)', value)
  /** SQLite's own limit stands for a disk that is full. */
  const setRoom = (pages: number) => store.get(z.unknown(), `PRAGMA max_page_count = ${pages}`)
  const values = () => store.all(Row, 'SELECT value FROM item').map(({ value }) => value)
  return { store, add, setRoom, values, lines, said }
}

test('store on a full disk rejects the whole group with the remedy, takes nothing, and goes on by itself', async () => {
  const { store, add, setRoom, values, said } = scratchStore()
  setRoom(20)
  const group = await Promise.allSettled([
    store.write(() => add('before')),
    store.write(() => add(LARGE)),
    store.note(() => add('after')),
  ])
  for (const result of group)
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { code: 'storage_failed', status: 507, retryable: true },
    })
  expect(store.trouble).toMatch(/Cannot write test\.db: the disk is full\. Free some space; .* by itself/)
  expect(store.failures).toBe(1)
  await expect(store.write(() => add('at once'))).rejects.toThrow(StorageFailedError)
  expect(values()).toEqual([])
  setRoom(100_000)
  await said('can be stored again')
  expect(store.trouble).toBeUndefined()
  await Promise.all([store.write(() => add('a')), store.write(() => add(LARGE))])
  expect(values()).toEqual(['a', LARGE])
})

test('store on a full disk says so once, however many writes are refused', async () => {
  const { store, add, setRoom, lines, said } = scratchStore()
  setRoom(20)
  for (let n = 0; n < 5; n += 1) await store.write(() => add(LARGE)).catch(() => {})
  await said('can be stored again')
  expect(lines.all.filter(({ msg }) => msg.includes('nothing can be stored'))).toHaveLength(1)
})

test('store gives pages back in small steps', async () => {
  const path = join(scratchFolder(), 'test.db')
  const store = openStore({ path, migrations })
  await store.write(() => {
    for (let n = 0; n < 20; n += 1) store.run('INSERT INTO item VALUES (?)', LARGE)
  })
  await store.write(() => store.run('DELETE FROM item'))
  const unused = await store.shrink(0)
  expect(unused).toBeGreaterThan(4_000)
  expect(await store.shrink(1_000)).toBe(unused - 1_000)
  expect(await store.shrink(100_000)).toBe(0)
  store.close()
  expect(statSync(path).size).toBeLessThan(100_000)
})

const sqliteError = (sqliteCode: number, name: string) =>
  Object.assign(new Error('as SQLite says'), { sqliteCode, sqliteCodeName: name })
const place = { path: '/data/alice/peer.db', verb: 'write' as const }

test.each([
  [13, 'SQLITE_FULL', 'Cannot write peer.db: the disk is full. Free some space'],
  [10 | (4 << 8), 'SQLITE_IOERR_FSYNC', 'Cannot write peer.db: the disk fails (SQLITE_IOERR_FSYNC). Look at the disk'],
  [8, 'SQLITE_READONLY', 'Cannot write peer.db: it may only be read'],
])('failure %i of SQLite is one of the disk', (code, name, text) => {
  const error = sqliteError(code, name)
  expect(isDiskFailure(error)).toBe(true)
  const named = namedFailure(error, place)
  expect(named).toBeInstanceOf(StorageFailedError)
  expect(named).toMatchObject({ message: expect.stringContaining(text) })
  expect(isDiskFailure(named)).toBe(true)
})

test.each([11, 26, 11 | (1 << 8)])('failure %i of SQLite is a damaged file', code => {
  const error = sqliteError(code, 'SQLITE_CORRUPT')
  expect(isDiskFailure(error)).toBe(false)
  expect(namedFailure(error, place)).toBeInstanceOf(DataFileError)
})

test('failure of another kind keeps its own words', () => {
  const error = sqliteError(19, 'SQLITE_CONSTRAINT')
  expect(isDiskFailure(error)).toBe(false)
  expect(namedFailure(error, place)).toBe(error)
  expect(namedFailure('text', place)).toBe('text')
})
