import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Metadata } from '../shared/protocol/message.ts'
import { costOf, type Prices } from './cost.ts'

const prices: Prices = {
  m1: { date: '2026-01-02', currency: 'USD', input: 0.4, cached: 0.1, output: 1.6 },
  plain: { date: '2026-01-03', currency: 'EUR', input: 2, output: 6 },
}
const costs = (metadata: Metadata) => costOf(metadata, prices)

test('cost is tokens by price: cached input at its own price, thinking as output', () => {
  const usage = { input: 1_000_000, cached: 250_000, output: 500_000, thinking: 400_000 }
  expect(costs({ model: 'm1', usage })).toEqual({
    amount: 0.75 * 0.4 + 0.25 * 0.1 + 0.5 * 1.6,
    currency: 'USD',
    priceDate: '2026-01-02',
  })
})

test('cost of cached input is that of input where the price does not tell it', () => {
  const usage = { input: 1_000_000, cached: 1_000_000, output: 0 }
  expect(costs({ model: 'plain', usage })).toEqual({ amount: 2, currency: 'EUR', priceDate: '2026-01-03' })
})

test('cost has no noise of binary fractions', () => {
  expect(costs({ model: 'm1', usage: { input: 3, output: 7 } })?.amount).toBe(0.0000124)
})

test.each<[string, Metadata]>([
  ['a model without a price', { model: 'm2', usage: { input: 1, output: 1 } }],
  ['a version of a model that has one', { model: 'm1-2025-04-14', usage: { input: 1, output: 1 } }],
  ['a name that every object has', { model: 'constructor', usage: { input: 1, output: 1 } }],
  ['an answer without usage', { model: 'm1' }],
  ['an answer without a model', { usage: { input: 1, output: 1 } }],
  ['the demonstration', { model: 'm1', usage: { input: 1, output: 1 }, demo: true }],
])('cost is unknown for %s', (_, metadata) => {
  expect(costs(metadata)).toBeUndefined()
})

test('cost is never negative, also where more is cached than was read', () => {
  const tokens = fc.nat({ max: 1_000_000_000 })
  fc.assert(
    fc.property(tokens, tokens, tokens, (input, cached, output) => {
      const amount = costs({ model: 'm1', usage: { input, cached, output } })?.amount ?? -1
      expect(amount).toBeGreaterThanOrEqual(0)
      expect(amount).toBeLessThanOrEqual((input * 0.4 + output * 1.6) / 1_000_000 + 1e-9)
    }),
  )
})
