import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoff } from './backoff.ts'

test('backoff lies between nothing and the smaller of its ceiling and the doubled base', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 2_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 10_000 }),
      (failures, chance, baseMs) => {
        const ms = backoff(failures, { random: () => chance, baseMs, ceilingMs: 60_000 })
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(ms).toBeLessThanOrEqual(Math.min(60_000, baseMs * 2 ** failures))
      },
    ),
  )
})

test('backoff doubles its bound from half a second up to a minute', () => {
  const bounds = [0, 1, 2, 6, 7, 8, 100].map(failures => backoff(failures, { random: () => 1 }))
  expect(bounds).toEqual([500, 1_000, 2_000, 32_000, 60_000, 60_000, 60_000])
})
