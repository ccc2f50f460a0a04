/** Where a store's file lies, and what lies there already. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { DataFileError } from './start-error.ts'
import { openStore } from './store.ts'

const migrations = ['CREATE TABLE item (value TEXT)', 'CREATE TABLE other (value TEXT)']
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('store and what SQLite puts beside it are for this account alone, also in a folder that everybody may read', () => {
  const folder = join(scratchFolder(), 'wide')
  mkdirSync(folder)
  chmodSync(folder, 0o755)
  const path = join(folder, 'peer.db')
  const store = openStore({ path, migrations })
  const modes = () =>
    readdirSync(folder)
      .sort()
      .map(name => [name, modeOf(join(folder, name))])
  const wanted = ['peer.db', 'peer.db-shm', 'peer.db-wal'].map(name => [name, '600'])
  expect(modes()).toEqual(wanted)
  store.close()
  chmodSync(path, 0o644)
  const again = openStore({ path, migrations })
  expect(modes()).toEqual(wanted)
  again.close()
})

test('store may lie where a link leads, and is for this account alone there', () => {
  const folder = scratchFolder()
  const path = join(folder, 'peer.db')
  const elsewhere = join(scratchFolder(), 'moved.db')
  openStore({ path: elsewhere, migrations }).close()
  chmodSync(elsewhere, 0o644)
  symlinkSync(elsewhere, path)
  openStore({ path, migrations }).close()
  expect(modeOf(elsewhere)).toBe('600')
})

test.each([
  ['without a version', 0, 'it says of itself that it has no table yet'],
  ['with a version of its own', 1, 'it has no table "item"'],
  ['with a higher one', 2, 'it has no table "item"'],
])('database of another program %s is refused and left as it was', (_, version, why) => {
  const path = join(scratchFolder(), 'peer.db')
  const database = new DatabaseSync(path)
  database.exec(
    `CREATE TABLE theirs (value TEXT); INSERT INTO theirs VALUES ('precious'); PRAGMA user_version = ${version}`,
  )
  database.close()
  chmodSync(path, 0o600)
  const before = readFileSync(path)
  expect(() => openStore({ path, migrations })).toThrow(DataFileError)
  expect(() => openStore({ path, migrations })).toThrow(why)
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('store that cannot be made for what lies under its temporary name is refused, and that stays', () => {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'peer.db.new'))
  writeFileSync(join(folder, 'peer.db.new', 'precious'), '')
  expect(() => openStore({ path: join(folder, 'peer.db'), migrations })).toThrow('it is a folder, not a file')
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['peer.db.new', 'peer.db.new/precious'])
})
