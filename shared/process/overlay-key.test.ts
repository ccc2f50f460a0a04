import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { bearer, carriesKey, overlayKey } from './overlay-key.ts'
import { DataFileError } from './start-error.ts'

test('overlay key is made once, for its owner alone, and leaves nothing beside it', () => {
  const data = join(scratchFolder(), 'data')
  const key = overlayKey(data)
  expect(carriesKey(bearer(overlayKey(data)).authorization, key)).toBe(true)
  expect(readdirSync(data)).toEqual(['overlay.key'])
  expect(statSync(join(data, 'overlay.key')).mode & 0o777).toBe(0o600)
})

test('overlay key does not mind what an earlier process left half-written', () => {
  const data = scratchFolder()
  writeFileSync(join(data, `overlay.key.${process.pid}`), '')
  expect(overlayKey(data).reveal()).toMatch(/^[0-9a-f]{64}$/)
})

test('overlay key that a program of Windows wrote anew is the same key, or is refused by name', () => {
  const data = scratchFolder()
  const file = join(data, 'overlay.key')
  const key = 'ab'.repeat(32)
  writeFileSync(file, `\uFEFF${key}\r\n`)
  expect(overlayKey(data).reveal()).toBe(key)
  writeFileSync(file, Buffer.from(key, 'utf16le'))
  expect(() => overlayKey(data)).toThrow(`Cannot use data file ${file}: it is UTF-16, not UTF-8.`)
})

test('overlay key that is none is refused', () => {
  const data = scratchFolder()
  writeFileSync(join(data, 'overlay.key'), '')
  expect(() => overlayKey(data)).toThrow(DataFileError)
})

test('overlay key is known whatever the case of its scheme, and never by another value', () => {
  const key = overlayKey(join(scratchFolder(), 'data'))
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) expect(carriesKey(`${scheme} ${key.reveal()}`, key)).toBe(true)
  for (const given of [undefined, '', key.reveal(), `Basic ${key.reveal()}`, `Bearer ${key.reveal().toUpperCase()}x`])
    expect(carriesKey(given, key)).toBe(false)
})
