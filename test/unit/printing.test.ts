/** Whatever goes to a terminal or a log file goes through the one place that makes it printable: read from the sources. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDERS = ['config', 'controller', 'peer', 'proxy', 'shared']
const WRITES =
  /\b(?:stdout|stderr)\.write\b|\bconsole\.(?:log|info|warn|error|debug|dir|table|trace)\b|\bappendFile|\bO_APPEND\b/

/** Those that may write, each with what makes its text printable. */
const WRITERS: Readonly<Record<string, string>> = {
  'shared/process/say.ts': 'printable',
  'shared/launch/console.ts': 'printable',
  'shared/launch/log-file.ts': 'its only user, console.ts',
  'shared/process/store-check-main.ts': 'its reader, which logs what it reads',
  'peer/terminal.ts': 'paint',
}

const isPage = (file: string): boolean => file.includes('/page/')
const sources = [
  'startup.ts',
  ...FOLDERS.flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
      .map(entry => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
  ),
].filter(file => !isPage(file))

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
// console.ts and its users call the launcher's own console.
const withoutOwnConsole = (text: string): string =>
  /import .*\bConsole\b.* from '.*console\.ts'/.test(text) ? text.replaceAll(/\bconsole\./g, 'own.') : text

test('only the places that make a text printable write to a terminal or a log file', () => {
  expect(sources).toContain('shared/process/say.ts')
  const writers = sources.filter(file => WRITES.test(withoutOwnConsole(read(file))))
  expect(writers.sort()).toEqual(Object.keys(WRITERS).sort())
})

test('those places use what makes a text printable', () => {
  for (const [file, means] of Object.entries(WRITERS))
    if (means === 'printable') expect(read(file)).toContain("printable.ts'")
})
