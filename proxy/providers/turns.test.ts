import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Turn } from '../../shared/protocol/conversation.ts'
import { alternatingTurns, speakingTurns } from './turns.ts'

const turn: fc.Arbitrary<Turn> = fc.record({
  role: fc.constantFrom('user', 'assistant'),
  text: fc.constantFrom('', ' ', 'a', 'b'),
})
const conversation = fc.array(turn).map((turns): Turn[] => [...turns, { role: 'user', text: 'The question?' }])

test('alternating turns begin and end with the user, and never repeat a role', () => {
  const property = fc.property(conversation, turns => {
    const alternating = alternatingTurns(turns)
    for (const [index, { role, text }] of alternating.entries()) {
      expect(role).toBe(index % 2 === 0 ? 'user' : 'assistant')
      expect(text.trim()).not.toBe('')
    }
    expect(alternating.at(-1)?.role).toBe('user')
    expect(alternating.at(-1)?.text.endsWith('The question?')).toBe(true)
  })
  return fc.assert(property)
})

test('blank turns are dropped, but never the question', () => {
  expect(
    speakingTurns([
      { role: 'user', text: ' ' },
      { role: 'user', text: '' },
    ]),
  ).toEqual([{ role: 'user', text: '' }])
})
