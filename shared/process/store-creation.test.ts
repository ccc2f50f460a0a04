import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { DataFileError } from './start-error.ts'
import { openStore } from './store.ts'

const migrations = ['CREATE TABLE item (value TEXT)', 'CREATE INDEX by_value ON item (value)']

test('store has all migrations when its file appears, and no unfinished file beside it', () => {
  const folder = scratchFolder()
  const store = openStore({ path: join(folder, 'test.db'), migrations })
  expect(store.get(z.object({ user_version: z.int() }), 'PRAGMA user_version')).toEqual({ user_version: 2 })
  expect(readdirSync(folder).filter(name => name.includes('.new'))).toEqual([])
  store.close()
})

test('store whose creation was cut short is created anew', () => {
  const path = join(scratchFolder(), 'test.db')
  for (const end of ['', '-journal']) writeFileSync(`${path}.new${end}`, 'of a process that died')
  const store = openStore({ path, migrations })
  expect(store.all(z.object({ value: z.string() }), 'SELECT value FROM item')).toEqual([])
  store.close()
})

test('store that cannot be created leaves nothing under its name', () => {
  const path = join(scratchFolder(), 'test.db')
  expect(() => openStore({ path, migrations: [...migrations, 'no SQL'] })).toThrow(DataFileError)
  expect(existsSync(path)).toBe(false)
  openStore({ path, migrations }).close()
})
