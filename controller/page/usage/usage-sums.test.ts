import { expect, test } from 'vitest'
import { NO_USAGE, type UsageViewRow } from '../../../shared/protocol/usage.ts'
import { byDay, byRoute, chosenRows, sumOf } from './usage-sums.ts'
import { costWords, firstPieceWord, moneyWord, tokenWord } from './usage-words.ts'

const row = (different: Partial<UsageViewRow>): UsageViewRow => ({
  ...{ ...NO_USAGE, proxy: 'alice', day: '2026-03-31', route: 'GPT', model: 'm1', currency: 'USD', demo: false },
  ...{ calls: 1, cost: 0.25 },
  ...different,
})
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

test('sum keeps currencies apart and names each model once', () => {
  const sum = sumOf([row({}), row({}), row({ currency: 'EUR', model: 'm2' }), row({ currency: null, cost: 0 })])
  expect(sum.counts.calls).toBe(4)
  expect(sum.costs).toEqual([
    { currency: 'EUR', amount: 0.25 },
    { currency: 'USD', amount: 0.5 },
  ])
  expect(sum.models).toEqual(['m1', 'm2'])
})

test('routes come with the one that answered most first, equal ones by name', () => {
  const rows = [row({ route: 'MISTRAL' }), row({ route: 'GEMINI' }), row({ route: 'GPT', calls: 5 })]
  expect(byRoute(rows).map(({ name }) => name)).toEqual(['GPT', 'GEMINI', 'MISTRAL'])
})

test('days are all there, also over the end of a month and without an answer', () => {
  const days = byDay([row({ day: '2026-02-28' })], { first: '2026-02-27', last: '2026-03-01' })
  expect(days.map(({ name, sum }) => [name, sum.counts.calls])).toEqual([
    ['2026-02-27', 0],
    ['2026-02-28', 1],
    ['2026-03-01', 0],
  ])
})

test('rows are chosen by day and proxy, and those of the demonstration are apart', () => {
  const rows = [row({}), row({ day: '2026-03-01' }), row({ proxy: 'bob' }), row({ demo: true })]
  const first = '2026-03-25'
  expect(chosenRows(rows, { first, proxy: '' })).toEqual({ real: [rows[0], rows[2]], demo: [rows[3]] })
  expect(chosenRows(rows, { first, proxy: 'bob' })).toEqual({ real: [rows[2]], demo: [] })
})

test.each([
  [12.3, 'USD', /12\.30/],
  [0.02141, 'USD', /0\.0214$/],
  [0.000042, 'EUR', /0\.000042/],
  [0, 'USD', /0\.00$/],
])('money of %d %s keeps the digits that mean something', (amount, currency, expected) => {
  expect(plain(moneyWord({ amount, currency }))).toMatch(expected)
})

test('cost says what is unknown, and never zero for it', () => {
  const unknown = { currency: null, cost: 0, withoutCost: 1 }
  expect(costWords(sumOf([row(unknown)]))).toEqual({ known: 'unknown', unknown: 'unknown for 1 answer' })
  expect(costWords(sumOf([row({}), row({ ...unknown, calls: 2, withoutCost: 2 })]))).toEqual({
    known: expect.stringMatching(/0\.25/),
    unknown: 'unknown for 2 answers',
  })
  expect(costWords(sumOf([row({ currency: null, cost: 0, failed: 1 })]))).toEqual({ known: 'none', unknown: undefined })
})

test('times and tokens that nobody told are a dash, not a zero', () => {
  expect(firstPieceWord({ ...NO_USAGE, firstPieces: 2, firstPieceMs: 500 })).toBe('250 ms')
  expect(firstPieceWord(NO_USAGE)).toBe('–')
  expect(tokenWord({ ...NO_USAGE, calls: 1, withoutUsage: 1 }, 0)).toBe('–')
  expect(tokenWord({ ...NO_USAGE, calls: 2, withoutUsage: 1 }, 0)).toBe('0')
})
