import { expect, test } from 'vitest'
import { relativeTime } from './relative-time.ts'

const now = Date.parse('2026-05-01T12:00:00Z')
const ago = (seconds: number) => relativeTime(new Date(now - seconds * 1000).toISOString(), now)

test.each([
  [0, 'just now'],
  [1.9, 'just now'],
  [2, '2 s ago'],
  [59, '59 s ago'],
  [60, '1 min ago'],
  [3599, '59 min ago'],
  [3600, '1 h ago'],
  [86_399, '23 h ago'],
  [86_400, 'yesterday'],
  [3 * 86_400, '3 days ago'],
])('relative time of %d seconds reads "%s"', (seconds, words) => {
  expect(ago(seconds)).toBe(words)
})

test('relative time never speaks of the future: a clock that is ahead reads as now', () => {
  expect(ago(-30)).toBe('just now')
})
