import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { DataFileError } from './start-error.ts'
import { openStore } from './store.ts'

const Row = z.object({ value: z.string() })
const migrations = ['CREATE TABLE item (value TEXT UNIQUE NOT NULL)']

function scratchStore() {
  const path = join(scratchFolder(), 'below', 'test.db')
  const store = openStore({ path, migrations })
  const add = (value: string) => store.run('INSERT INTO item VALUES (?)', value)
  const values = () => store.all(Row, 'SELECT value FROM item ORDER BY rowid').map(({ value }) => value)
  return { path, store, add, values }
}

test('store commits all works of one turn together, in their order', async () => {
  const { store, add, values } = scratchStore()
  const seen: string[][] = []
  const works = ['a', 'b', 'c'].map(value =>
    store.write(() => {
      add(value)
      seen.push(values())
    }),
  )
  expect(values()).toEqual([])
  await Promise.race(works)
  expect(values()).toEqual(['a', 'b', 'c'])
  expect(seen).toEqual([['a'], ['a', 'b'], ['a', 'b', 'c']])
  store.close()
})

test('store gives each work its own value', async () => {
  const { store, add } = scratchStore()
  expect(await Promise.all([store.write(() => add('a')), store.write(() => 'text'), store.note(() => 3)])).toEqual([
    1,
    'text',
    3,
  ])
  store.close()
})

test('store undoes a work that throws, and only that one', async () => {
  const { store, add, values } = scratchStore()
  const results = await Promise.allSettled([
    store.write(() => add('first')),
    store.write(() => {
      add('undone')
      throw new Error('on purpose')
    }),
    store.write(() => {
      add('also undone')
      add('first')
    }),
    store.note(() => add('last')),
  ])
  expect(results.map(result => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { message: 'on purpose' } })
  expect(values()).toEqual(['first', 'last'])
  store.close()
})

test('store rejects all works of a commit that fails, and goes on with the next', async () => {
  const { store, add, values } = scratchStore()
  // A deferred constraint is looked at when the transaction commits: the commit itself fails.
  await store.write(() => {
    store.run('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
    store.run('CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)')
  })
  const results = await Promise.allSettled([
    store.write(() => add('a')),
    store.write(() => store.run('INSERT INTO child VALUES (1)')),
    store.note(() => add('b')),
  ])
  expect(results.map(result => result.status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(values()).toEqual([])
  await store.write(() => add('c'))
  expect(values()).toEqual(['c'])
  store.close()
})

test('store commits at its closing what still waits, and has it when opened again', async () => {
  const { path, store, add } = scratchStore()
  const last = store.write(() => add('last'))
  store.close()
  await last
  const again = openStore({ path, migrations })
  expect(again.all(Row, 'SELECT value FROM item')).toEqual([{ value: 'last' }])
  again.close()
})

test('store keeps every row through a death of the process without a closing', async () => {
  const { path, store, add } = scratchStore()
  for (const value of ['a', 'b']) await store.write(() => add(value))
  const copy = join(scratchFolder(), 'copy.db')
  for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, copy + end)
  const after = openStore({ path: copy, migrations })
  expect(after.all(Row, 'SELECT value FROM item')).toEqual([{ value: 'a' }, { value: 'b' }])
  after.close()
  store.close()
})

test('store runs the migrations that a file has not had yet, each once', () => {
  const { path, store } = scratchStore()
  store.close()
  const newer = openStore({ path, migrations: [...migrations, 'CREATE TABLE second (n INTEGER)'] })
  newer.close()
  const again = openStore({ path, migrations: [...migrations, 'CREATE TABLE second (n INTEGER)'] })
  expect(again.get(z.object({ user_version: z.int() }), 'PRAGMA user_version')).toEqual({ user_version: 2 })
  again.close()
})

test('store undoes a migration that fails half-way', () => {
  const { path, store } = scratchStore()
  store.close()
  expect(() =>
    openStore({ path, migrations: [...migrations, 'CREATE TABLE second (n INTEGER); CREATE TABLE item (n INTEGER)'] }),
  ).toThrow(DataFileError)
  const again = openStore({ path, migrations })
  expect(
    again.get(z.object({ count: z.int() }), "SELECT count(*) AS count FROM sqlite_master WHERE name = 'second'"),
  ).toEqual({ count: 0 })
  again.close()
})

test('store refuses a file of a newer version and leaves it as it is', () => {
  const { path, store } = scratchStore()
  store.close()
  const bytes = readFileSync(path)
  expect(() => openStore({ path, migrations: [] })).toThrow(/newer version of Overlay Chat \(schema 1\)/)
  expect(readFileSync(path).equals(bytes)).toBe(true)
})

test.each([
  ['is empty', Buffer.alloc(0)],
  ['is no database', Buffer.from('this is no database at all '.repeat(200))],
])('store refuses a file that %s, names it, and leaves it as it is', (_, bytes) => {
  const path = join(scratchFolder(), 'broken.db')
  writeFileSync(path, bytes)
  expect(() => openStore({ path, migrations })).toThrow(DataFileError)
  expect(() => openStore({ path, migrations })).toThrow(path)
  expect(readFileSync(path).equals(bytes)).toBe(true)
})

test('store refuses to begin anew beside the log of a file that is gone', () => {
  const path = join(scratchFolder(), 'gone.db')
  writeFileSync(`${path}-wal`, 'log')
  expect(() => openStore({ path, migrations })).toThrow(/empty or missing although it was in use/)
})

test('store refuses a row that does not follow its schema', async () => {
  const { store, add } = scratchStore()
  await store.write(() => add('text'))
  expect(() => store.all(z.object({ value: z.int() }), 'SELECT value FROM item')).toThrow(z.ZodError)
  expect(() => store.get(z.object({ other: z.string() }), 'SELECT value FROM item')).toThrow(z.ZodError)
  store.close()
})

test('store gives back every text without a zero character as it was', async () => {
  const { store, values } = scratchStore()
  const text = fc.string({ unit: 'grapheme', maxLength: 50 }).filter(value => !value.includes('\u0000'))
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(text, { maxLength: 10 }), async texts => {
      await store.note(() => {
        store.run('DELETE FROM item')
        for (const value of texts) store.run('INSERT INTO item VALUES (?)', value)
      })
      expect(values()).toEqual(texts)
    }),
    { numRuns: 50 },
  )
  store.close()
})

test('store refuses a text with a zero character, and does not cut it there', async () => {
  const { store, add, values } = scratchStore()
  await expect(store.write(() => add('before\u0000after'))).rejects.toThrow('zero character')
  expect(values()).toEqual([])
  store.close()
})

test.each(['write', 'note'] as const)('store that was closed rejects what would %s', async verb => {
  const { store, add } = scratchStore()
  store.close()
  await expect(store[verb](() => add('too late'))).rejects.toThrow('not open')
})
