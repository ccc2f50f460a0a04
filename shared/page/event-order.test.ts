import { expect, test } from 'vitest'
import { standing } from './event-order.ts'

test.each([
  ['a-4', 'a-5', 'next'],
  ['a-9', 'a-10', 'next'],
  ['a-5', 'a-5', 'known'],
  ['a-10', 'a-9', 'known'],
  ['a-4', 'a-6', 'missed'],
  ['a-4', 'b-5', 'missed'],
  ['a-4', 'b-1', 'missed'],
  ['a-b-4', 'a-b-5', 'next'],
])('a reader that has come to %s takes %s for %s', (position, id, expected) => {
  expect(standing(position, id)).toBe(expected)
})
