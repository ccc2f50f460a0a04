import { expect, test } from 'vitest'
import { printable, printableLines } from './printable.ts'

const HOSTILE: readonly (readonly [what: string, text: string, shown: string])[] = [
  ['a colour', '\u001b[31mred', '\\u001b[31mred'],
  ['the clipboard', '\u001b]52;c;Zm9v\u0007', '\\u001b]52;c;Zm9v\\u0007'],
  ['a control of one byte', '\u009b2J\u0090q\u009c', '\\u009b2J\\u0090q\\u009c'],
  [
    'line ends',
    'a\nb\r\nc\rd\u0085e\u2028f\u2029g\u000bh\u000ci',
    'a\\nb\\r\\nc\\rd\\u0085e\\u2028f\\u2029g\\u000bh\\u000ci',
  ],
  ['NUL, backspace, tab, DEL', 'a\0b\bc\td\u007f', 'a\\u0000b\\u0008c\\td\\u007f'],
  ['a direction', '\u202eevil\u202c \u2066x\u2069 \u206a', '\\u202eevil\\u202c \\u2066x\\u2069 \\u206a'],
]

test.each(HOSTILE)('printable shows %s instead of obeying it', (_, text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('printable leaves every text that people write as it is', () => {
  for (const text of ['漢字 é 👩‍👩‍👧 \u200fעברית\u200e', 'half \ud83d', 'C:\\new', ''])
    expect(printable(text)).toBe(text)
})

test('printable shows a text that is printable already as it is', () => {
  for (const [, text] of HOSTILE) expect(printable(printable(text))).toBe(printable(text))
})

test('printable keeps what a line of JSON says', () => {
  for (const [, text] of HOSTILE) expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text })
})

test('printableLines indents what follows the first line, and shows what steers in each', () => {
  expect(printableLines('Error: a\n{"level":"info"}\n    at b\u001b\n\n  - c\rd')).toBe(
    'Error: a\n  {"level":"info"}\n    at b\\u001b\n\n  - c\\rd',
  )
})
