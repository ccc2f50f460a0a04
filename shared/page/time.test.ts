import { expect, test } from 'vitest'
import { dayKey, dayLabel, daysBetween, duration, shortWhen } from './time.ts'

const local = (text: string): string => new Date(text).toISOString()
const now = new Date('2025-11-21T09:00:00')

test('daysBetween counts calendar days, not spans of 24 hours', () => {
  expect(daysBetween(new Date('2025-11-20T23:59:00'), now)).toBe(1)
  expect(daysBetween(new Date('2025-11-21T00:00:00'), now)).toBe(0)
})

test('daysBetween counts a short day of the change to summer time as one', () => {
  expect(daysBetween(new Date('2025-03-29T12:00:00'), new Date('2025-03-31T00:30:00'))).toBe(2)
})

test('dayKey is shared by the moments of one local day only', () => {
  expect(dayKey(local('2025-11-21T00:00:00'))).toBe(dayKey(local('2025-11-21T23:59:59')))
  expect(dayKey(local('2025-11-20T23:59:59'))).not.toBe(dayKey(local('2025-11-21T00:00:00')))
})

test('dayLabel says today and yesterday, and adds the year of another year', () => {
  expect(dayLabel(local('2025-11-21T00:01:00'), now)).toBe('Today')
  expect(dayLabel(local('2025-11-20T10:00:00'), now)).toBe('Yesterday')
  expect(dayLabel(local('2025-11-03T10:00:00'), now)).not.toContain('2025')
  expect(dayLabel(local('2024-11-03T10:00:00'), now)).toContain('2024')
})

test('shortWhen shows the time of today and the date of last week', () => {
  expect(shortWhen(local('2025-11-21T08:30:00'), now)).toContain('30')
  expect(shortWhen(local('2025-11-20T08:30:00'), now)).toBe('Yesterday')
  expect(shortWhen(local('2025-11-14T08:30:00'), now)).toContain('14')
})

test('duration chooses a unit that fits', () => {
  expect(duration(840)).toBe('840 ms')
  expect(duration(1240)).toBe('1.2 s')
  expect(duration(125_000)).toBe('2 min 5 s')
})
