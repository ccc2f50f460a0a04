import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleMessage } from '../test/harness/samples.ts'
import { contextOf } from './context.ts'
import { justPosted, type StoredMessage } from './stored-message.ts'

const row = (parts: Partial<StoredMessage>): StoredMessage => ({ ...justPosted(sampleMessage()), ...parts })
const limits = { turns: 20, tokens: 1000, charactersPerToken: 1 }

test('context has the turns oldest first, each with its role', () => {
  const rows = [row({ message: 'three' }), row({ message: 'two', outgoing: false }), row({ message: 'one' })]
  expect(contextOf(rows, { own: 'user', limits })).toEqual({
    turns: [
      { role: 'user', text: 'one' },
      { role: 'assistant', text: 'two' },
      { role: 'user', text: 'three' },
    ],
  })
  expect(contextOf(rows, { own: 'assistant', limits, system: 'Be kind.' })).toMatchObject({
    system: 'Be kind.',
    turns: [{ role: 'assistant' }, { role: 'user' }, { role: 'assistant' }],
  })
})

test('context leaves out notices and what failed or was taken back', () => {
  const rows = [
    row({ type: 'notification' }),
    row({ state: 'failed' }),
    row({ state: 'cancelled' }),
    row({ message: '' }),
    row({ message: 'kept', state: 'received' }),
  ]
  expect(contextOf(rows, { own: 'user', limits }).turns).toEqual([{ role: 'user', text: 'kept' }])
})

test('context keeps within its bounds, and is the newest that fits', () => {
  const rows = fc.array(fc.record({ message: fc.string({ minLength: 1, maxLength: 30 }), outgoing: fc.boolean() }), {
    maxLength: 30,
  })
  fc.assert(
    fc.property(rows, fc.nat({ max: 12 }), fc.nat({ max: 200 }), (parts, turns, characters) => {
      const context = contextOf(parts.map(row), {
        own: 'user',
        limits: { turns, tokens: characters, charactersPerToken: 1 },
      }).turns.map(({ text }) => text)
      expect(context.length).toBeLessThanOrEqual(turns)
      expect(context.join('').length).toBeLessThanOrEqual(characters)
      expect(context).toEqual(
        parts
          .slice(0, context.length)
          .map(({ message }) => message)
          .reverse(),
      )
      const next = parts[context.length]
      if (next !== undefined && context.length < turns)
        expect(context.join('').length + next.message.length).toBeGreaterThan(characters)
    }),
  )
})

test('context does not count what it leaves out', () => {
  const rows = [row({ message: 'x'.repeat(2_000), state: 'failed' }), row({ message: 'kept' })]
  expect(contextOf(rows, { own: 'user', limits }).turns).toEqual([{ role: 'user', text: 'kept' }])
})
