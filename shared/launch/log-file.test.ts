import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { LogFile } from './log-file.ts'

test('log file is bounded while it is written, with one older file beside it', () => {
  const folder = scratchFolder()
  const file = new LogFile(join(folder, 'a.log'), 100)
  for (let n = 10; n < 60; n += 1) file.append(`line ${n}`)
  expect(readdirSync(folder).sort()).toEqual(['a.log', 'a.log.1'])
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(100)
  const kept = readFileSync(join(folder, 'a.log.1'), 'utf8') + readFileSync(join(folder, 'a.log'), 'utf8')
  expect(kept.endsWith('line 57\nline 58\nline 59\n')).toBe(true)
  expect(kept.split('\n').length).toBeGreaterThan(12)
})

test('log file goes on with the one that an earlier start left, and counts what is in it', () => {
  const path = join(scratchFolder(), 'a.log')
  writeFileSync(path, 'x'.repeat(90))
  const file = new LogFile(path, 100)
  file.append('short')
  expect(existsSync(`${path}.1`)).toBe(false)
  file.append('no longer')
  expect(statSync(`${path}.1`).size).toBe(96)
  expect(readFileSync(path, 'utf8')).toBe('no longer\n')
})

test('log file counts bytes, not letters, and takes a line that is longer than a file may be', () => {
  const path = join(scratchFolder(), 'a.log')
  const file = new LogFile(path, 20)
  file.append('äöüäöüä')
  file.append('äöüäöüä')
  expect(statSync(path).size).toBe(15)
  file.append('x'.repeat(50))
  expect(statSync(path).size).toBe(51)
})
