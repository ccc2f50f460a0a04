import { expect, test } from 'vitest'
import { answerFacts, endingNote } from './facts.ts'

test('endingNote is silent about an answer that ended by itself', () => {
  expect(endingNote({})).toBeUndefined()
  expect(endingNote({ ending: 'stop', endingDetail: 'x' })).toBeUndefined()
})

test('endingNote prefers the sentence that came with the answer', () => {
  expect(endingNote({ ending: 'interrupted', endingDetail: 'The connection broke after 4 s.' })).toBe(
    'The connection broke after 4 s.',
  )
  expect(endingNote({ ending: 'cancelled' })).toBe('Stopped.')
})

test('answerFacts tells only what is known', () => {
  expect(answerFacts({})).toEqual([])
  expect(answerFacts({ model: 'gpt', usage: { input: 12, output: 340, thinking: 300 }, totalMs: 2100 })).toEqual([
    ['Model', 'gpt'],
    ['Tokens in', '12'],
    ['Tokens out', '340 (300 thinking)'],
    ['Whole answer after', '2.1 s'],
  ])
})
