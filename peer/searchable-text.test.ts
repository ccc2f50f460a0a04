import { expect, test } from 'vitest'
import { fold, indexedText, withoutMarks } from './searchable-text.ts'

test.each([
  ['Grüße aus Göteborg', 'grusse aus goteborg'],
  ['STRASSE, Straße', 'strasse, strasse'],
  ['İstanbul ISPARTA ıspanak', 'istanbul isparta ispanak'],
  ['ΟΔΟΣ οδός', 'οδοσ οδοσ'],
  ['ﬁnance ＡＢＣ ①', 'finance abc 1'],
  ['שָׁלוֹם مَرْحَبًا', 'שלום مرحبا'],
  ['한글', '한글'],
  ['ガ カ', 'ガ カ'],
  ['❤️ 👩‍💻', '❤ 👩💻'],
  [' two\r\n\twords\0 ', 'two words'],
  ['soft­hyphen', 'softhyphen'],
])('fold writes %j as it is compared: %j', (text, folded) => {
  expect(fold(text)).toBe(folded)
  expect(fold(folded)).toBe(folded)
})

test('index is given the text, the pairs and the single characters that no three characters would find', () => {
  expect(indexedText('Ab cde (fg)')).toBe(' ab cde (fg) fg g)\na\nc\n(\nf\n)\n')
  expect(indexedText('会议 C#')).toBe(' 会议 c#\n会\n议\nc\n#\n')
})

test.each([
  ['**over**lay', 'overlay'],
  ['snake\\_case', 'snake_case'],
  ['snake_case_name', 'snake_case_name'],
  ['AT&amp;T &#x1F389; &#128512; &#x110000; &unknown;', 'AT&T 🎉 😀 &#x110000; &unknown;'],
  ['see [the page](https://example.org)s', 'see the pages'],
  ['`code`d', 'coded'],
])('withoutMarks leaves of %j what a page shows: %j', (text, seen) => {
  expect(withoutMarks(text)).toBe(seen)
})
