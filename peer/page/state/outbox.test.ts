import { expect, test } from 'vitest'
import { parseUnsent } from './outbox.ts'

const message = { id: 'a', peer: 'bob', text: 'hi', timestamp: '2025-11-21T09:00:00.000Z' }

test('parseUnsent reads what was kept', () => {
  expect(parseUnsent(JSON.stringify(message))).toEqual(message)
})

test('parseUnsent ignores what is broken or foreign', () => {
  for (const stored of [null, '', '{', 'null', '[]', '{"id":"a"}', JSON.stringify({ ...message, text: 5 })]) {
    expect(parseUnsent(stored)).toBeUndefined()
  }
})
