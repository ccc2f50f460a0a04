import { expect, test } from 'vitest'
import { instantOf } from './python-time.ts'

const local = (text: string) => new Date(text).getTime()

test.each([
  ['2025-03-01T12:30:00Z', Date.UTC(2025, 2, 1, 12, 30)],
  ['2025-03-01T12:30:00.123456+00:00', Date.UTC(2025, 2, 1, 12, 30, 0, 123)],
  ['2025-03-01T12:30:00.999999+0530', Date.UTC(2025, 2, 1, 7, 0, 0, 999)],
  ['2025-03-01T12:30:00-03', Date.UTC(2025, 2, 1, 15, 30)],
  ['2025-03-01T12:30:00.123456', local('2025-03-01T12:30:00.123')],
  ['2025-03-01 12:30:00', local('2025-03-01T12:30:00')],
  ['2025-03-01 12:30', local('2025-03-01T12:30:00')],
  [1_740_832_200, Date.UTC(2025, 2, 1, 12, 30)],
  [1_740_832_200.75, Date.UTC(2025, 2, 1, 12, 30, 0, 750)],
  ['1740832200.75', Date.UTC(2025, 2, 1, 12, 30, 0, 750)],
  [0, 0],
] as const)('the time %s is read', (text, instant) => {
  expect(instantOf(text)).toBe(instant)
})

test.each(['', 'yesterday', '2025-03-01', '2025-13-01T00:00:00', '12:30', -1, 1e12, Number.NaN])(
  '%s is no time',
  value => {
    expect(instantOf(value)).toBeUndefined()
  },
)
