/** The file `.env`, as several programs of several systems write it. */
import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { StartError } from '../process/start-error.ts'
import { environment, wideEnvironment } from './start.ts'

function withFile(content: string | Buffer): () => NodeJS.ProcessEnv {
  const root = scratchFolder()
  writeFileSync(join(root, '.env'), content)
  return () => environment(root)
}

test.each([
  ['as it is', ''],
  ['behind a byte order mark', '\uFEFF'],
])('every key of .env counts, %s and with the line ends of Windows', (_, mark) => {
  expect(withFile(`${mark}FIRST_OF_ENV=one\r\nSECOND_OF_ENV="two words"\r\n`)()).toMatchObject({
    FIRST_OF_ENV: 'one',
    SECOND_OF_ENV: 'two words',
  })
})

test.each([
  ['in UTF-16', Buffer.from('\uFEFFKEY=one', 'utf16le'), /\.env: it is UTF-16, not UTF-8\. Save it as UTF-8\.$/],
  ['in Windows-1252', Buffer.from('A=1\nKEY=caf\xe9', 'latin1'), /\.env: .* 0xE9 in line 2, column 8 /],
])('a .env %s is refused with its place', (_, content, words) => {
  expect(withFile(content)).toThrow(StartError)
  expect(withFile(content)).toThrow(words)
})

test('API keys that other accounts can read in .env are said with what helps, and the file stays as it is', () => {
  const root = scratchFolder()
  const file = join(root, '.env')
  expect(wideEnvironment(root)).toEqual([])
  writeFileSync(file, 'OPENAI_API_KEY=sk-x\n')
  chmodSync(file, 0o644)
  expect(wideEnvironment(root)).toEqual([`other accounts can read OPENAI_API_KEY in ${file}: chmod 600 ${file}`])
  expect(statSync(file).mode & 0o777).toBe(0o644)
  chmodSync(file, 0o600)
  expect(wideEnvironment(root)).toEqual([])
  writeFileSync(file, 'LOG_LEVEL=debug\n')
  chmodSync(file, 0o644)
  expect(wideEnvironment(root)).toEqual([])
})
