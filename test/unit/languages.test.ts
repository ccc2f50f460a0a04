/** Nothing that we write or sort depends on the language of the machine: read from the sources. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDERS = ['config', 'controller', 'peer', 'proxy', 'shared']
/** Formats and collators are made there, each with its locale. */
const WRITTEN = 'shared/written.ts'
const BY_THE_MACHINE = /\bIntl\.\w*(?:Format|Collator|Rules)\(|\.toLocale\w+\(|\.localeCompare\(/

const sources = [
  'startup.ts',
  ...FOLDERS.flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
      .map(entry => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
  ),
]

test('numbers, times and orders of names come from one place, which names their language', () => {
  const others = sources.filter(file => file !== WRITTEN && BY_THE_MACHINE.test(readFileSync(join(ROOT, file), 'utf8')))
  expect(others).toEqual([])
  expect(sources).toContain(WRITTEN)
})
