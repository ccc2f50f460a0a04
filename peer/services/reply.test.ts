import { expect, test } from 'vitest'
import { readReply } from './reply.ts'

test('a reply is a text, or a text with metadata', () => {
  expect(readReply('done')).toEqual({ text: 'done', metadata: {} })
  const whole = { text: '3', metadata: { readings: [3], unit: 'm', own: { thing: true } } }
  expect(readReply(whole)).toEqual(whole)
})

test.each([
  ['nothing', undefined, 'is missing'],
  ['an empty text', '', 'text must not be empty'],
  ['another field', { text: 'a', data: 1 }, 'must not have the field "data"'],
  ['readings that are no numbers', { text: 'a', metadata: { readings: ['3'] } }, 'metadata.readings.0'],
  ['a time that is none', { text: 'a', metadata: { time: 'noon' } }, 'metadata.time'],
  ['a zero character', 'a\0b', 'must not contain a zero character'],
  ['more than a message holds', 'x'.repeat(65_537), 'a text of 65537 bytes; at most 65536'],
  ['more data than a message holds', { text: 'a', metadata: { own: 'x'.repeat(20_000) } }, 'at most 10240'],
])('%s is refused, and it says why', (_, value, words) => {
  expect(() => readReply(value)).toThrow(words)
})

test('a reply is read as the JSON that it becomes, so that no row of the outbox is one that nobody can read', () => {
  const time = new Date('2026-01-02T03:04:05.000Z')
  expect(readReply({ text: 'a', metadata: { time } }).metadata).toEqual({ time: time.toISOString() })
  expect(() => readReply({ text: 'a', metadata: { toJSON: () => 'gone' } })).toThrow('Cannot send what it returned')
})
