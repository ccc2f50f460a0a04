import { expect, test } from 'vitest'
import { answerFacts, endingNote, fallbackNote } from './facts.ts'

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

test('fallbackNote is one sentence, and nothing where the route itself answered', () => {
  expect(fallbackNote({ model: 'm' })).toBeUndefined()
  const words = 'MISTRAL answered instead: GPT is overloaded.'
  for (const reason of ['GPT is overloaded', 'GPT is overloaded.'])
    expect(fallbackNote({ fallback: { route: 'MISTRAL', reason } })).toBe(words)
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

const fact = (name: string, metadata: Parameters<typeof answerFacts>[0]) =>
  answerFacts(metadata).find(([found]) => found === name)?.[1]

test.each([
  [{ turns: 12, leftOut: 30, tokens: 3_012 }, '12 earlier turns went along, 30 were left out (about 3,000 tokens)'],
  [{ turns: 1, leftOut: 0, tokens: 7 }, '1 earlier turn went along, none was left out (about 7 tokens)'],
  [{ turns: 0, leftOut: 1 }, 'no earlier turns went along, 1 was left out'],
  [{ turns: 0, leftOut: 0, tokens: 20 }, undefined],
])('answerFacts tells how much of the conversation %j is', (context, words) => {
  expect(fact('Conversation', { context })).toBe(words)
})

test.each([
  [0.001234, '$0.0012, price of 2025-04-14'],
  [0.0000041, '$0.0000041, price of 2025-04-14'],
  [0, '$0, price of 2025-04-14'],
  [12.345, '$12.35, price of 2025-04-14'],
])('answerFacts tells the cost %d with the day of its price', (amount, words) => {
  expect(fact('Cost', { cost: { amount, currency: 'USD', priceDate: '2025-04-14' } })).toBe(words)
})

test('answerFacts tells who answered instead, with which personality, and how it ended', () => {
  expect(
    answerFacts({
      model: 'm',
      fallback: { route: 'MISTRAL', reason: 'GPT is overloaded.' },
      context: { turns: 0, leftOut: 0, personality: 'happy' },
      ending: 'length',
    }),
  ).toEqual([
    ['Model', 'm'],
    ['Answered by', 'MISTRAL instead: GPT is overloaded.'],
    ['Personality', 'happy'],
    ['Ended', 'The answer reached the longest length that is allowed.'],
  ])
})
