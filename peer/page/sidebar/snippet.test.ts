import { expect, test } from 'vitest'
import { excerpt, oneLine } from './snippet.ts'

test('oneLine leaves the words and drops the marks', () => {
  expect(oneLine('# Title\n\nSome **bold** and `code`.\n\n```ts\nlet a\n```')).toBe('Title Some bold and code. let a')
  expect(oneLine('see [the page](https://example.org)')).toBe('see the page')
})

test('oneLine keeps what only looks like Markdown', () => {
  expect(oneLine('2 * 3 = 6')).toBe('2 * 3 = 6')
})

test('oneLine is no longer than asked for', () => {
  expect(oneLine('x'.repeat(1000), 20)).toHaveLength(20)
})

test('excerpt shows the found word with what is around it', () => {
  const text = `${'a '.repeat(60)}Needle ${'b '.repeat(60)}`
  const found = excerpt(text, 'needle', 10)
  expect(found).toEqual({ before: '…a a a a a ', match: 'Needle', after: ' b b b b b b b b b b' })
})

test('excerpt prefers the words as they were typed to one of them', () => {
  expect(excerpt('number 1 and number 33', 'number 33').match).toBe('number 33')
  expect(excerpt('33 is a number', 'number 33').match).toBe('number')
})

test('excerpt shows the beginning when the words are not there as they were typed', () => {
  expect(excerpt('ran home', 'running')).toEqual({ before: 'ran home', match: '', after: '' })
})

test.each([
  ['um halb acht: Grüße aus Göteborg', 'goteborg', 'Göteborg'],
  ['an der Straße 7', 'strasse', 'Straße'],
  ['会议安排在上海东边的办公室', '上海', '上海'],
  ['party 🎉 tonight', '🎉', '🎉'],
  ['a comment', 'omment', 'omment'],
  ['cafe\u0301 au lait', 'café au', 'cafe\u0301 au'],
])('excerpt of %j shows what %j found: %j', (text, words, match) => {
  expect(excerpt(text, words).match).toBe(match)
})
