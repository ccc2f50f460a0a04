import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { NotUtf8Error, readText, textOf } from './read-text.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')

test('a text is read without its byte order mark, with its line ends as they are', () => {
  const file = join(scratchFolder(), 'text')
  writeFileSync(file, '\uFEFFa\r\nb\n\uFEFFcafé 🎉 \uFFFD\r')
  expect(readText(file)).toBe('a\r\nb\n\uFEFFcafé 🎉 \uFFFD\r')
  expect(['', 'a', '\uFEFF'].map(text => textOf(Buffer.from(text)))).toEqual(['', 'a', ''])
})

test.each([
  ['in Windows-1252', latin('one\r\ntwo\r\ncaf\xe9 au lait'), '0xE9 in line 3, column 4'],
  [
    'behind characters of several bytes',
    Buffer.concat([Buffer.from('né 上海 🎉'), latin('\x93')]),
    '0x93 in line 1, column 9',
  ],
  ['behind a mark', Buffer.concat([Buffer.from('\uFEFFab'), latin('\xe4')]), '0xE4 in line 1, column 3'],
  ['cut in a character', Buffer.from('a\ncafé').subarray(0, -1), '0xC3 in line 2, column 4'],
  ['with half of a surrogate pair', Buffer.from([0x61, 0xed, 0xa0, 0x80]), '0xED in line 1, column 2'],
  ['with a character in more bytes than it needs', Buffer.from([0xc0, 0xaf]), '0xC0 in line 1, column 1'],
])('a text %s is refused with its place', (_name, bytes, place) => {
  expect(() => textOf(bytes)).toThrow(`it is not UTF-8: the byte ${place} belongs to no character. Save it as UTF-8`)
})

test('a part of a text is refused with its line in the whole', () => {
  expect(() => textOf(latin('a\n\xe9'), { line: 7 })).toThrow('in line 8, column 1')
})

test.each([
  ['UTF-16', Buffer.from('\uFEFFKEY=1', 'utf16le')],
  ['UTF-16', Buffer.from('\uFEFFKEY=1', 'utf16le').swap16()],
  ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
  ['UTF-16', Buffer.from('{"a":1}', 'utf16le').swap16()],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
  ['UTF-32', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61])],
])('a text in %s is called by its name', (name, bytes) => {
  expect(() => textOf(bytes)).toThrow(new NotUtf8Error(`it is ${name}, not UTF-8. Save it as UTF-8`))
})
