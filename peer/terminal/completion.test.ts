import { expect, test } from 'vitest'
import { complete } from './completion.ts'

const names = ['behrooz', 'bob', 'BOT', 'GPT']

test('completion puts the only name or command that fits, as it is written', () => {
  expect(complete('g', names)).toEqual({ line: 'GPT: ', candidates: [] })
  expect(complete('!c', names)).toEqual({ line: '!check', candidates: [] })
  expect(complete('!history b', ['bob', 'GPT'])).toEqual({ line: '!history bob', candidates: [] })
})

test('completion goes as far as is certain, and lists what fits', () => {
  expect(complete('B', names)).toEqual({ line: 'B', candidates: ['behrooz:', 'bob:', 'BOT:'] })
  expect(complete('b', ['bobby', 'BOBO'])).toEqual({ line: 'bob', candidates: ['bobby:', 'BOBO:'] })
  expect(complete('!retry bo', names).candidates).toEqual(['bob', 'BOT'])
})

test('completion leaves a text alone, and what fits nothing', () => {
  expect(complete('bob: b', names)).toEqual({ line: 'bob: b', candidates: [] })
  expect(complete('x', names)).toEqual({ line: 'x', candidates: [] })
})
