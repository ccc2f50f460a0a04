import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { checkTables } from './store-check.ts'

/** A file with an ordinary table and a text index, each of many pages. */
function writeFile(): string {
  const file = join(scratchFolder(), 'test.db')
  const database = new DatabaseSync(file)
  database.exec('CREATE TABLE item (value TEXT); CREATE VIRTUAL TABLE item_text USING fts5 (value)')
  const item = database.prepare('INSERT INTO item VALUES (?)')
  const text = database.prepare('INSERT INTO item_text VALUES (?)')
  database.exec('BEGIN')
  for (let n = 0; n < 2_000; n += 1) {
    item.run(`the item ${n}`)
    text.run(`word${n} word${n * 7}`)
  }
  database.exec('COMMIT')
  database.close()
  return file
}

function check(file: string): void {
  const database = new DatabaseSync(file)
  try {
    checkTables(database)
  } finally {
    database.close()
  }
}

test('whole file passes, with its text index', () => {
  expect(() => check(writeFile())).not.toThrow()
})

test.each(['the item 900', 'word900'])('page with %j that was torn is found', text => {
  const file = writeFile()
  const bytes = readFileSync(file)
  const page = Math.floor(bytes.indexOf(text) / 4096)
  expect(page).toBeGreaterThan(0)
  writeFileSync(file, bytes.fill(0x55, page * 4096, (page + 1) * 4096))
  expect(() => check(file)).toThrow()
})
