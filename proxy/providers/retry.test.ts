import { describe, expect, test } from 'vitest'
import { retryAfterOf } from '../../shared/process/retry-after.ts'
import { describeFailure } from './failure.ts'
import { waitBeforeRetry } from './retry.ts'

const random = () => 0.5
const overloaded = describeFailure('overloaded')

describe('a failed call', () => {
  test('is made again after a random part of a wait that doubles', () => {
    expect(waitBeforeRetry({ failure: overloaded, told: 'nothing' }, 1, random)).toBe(500)
    expect(waitBeforeRetry({ failure: overloaded, told: 'nothing' }, 2, random)).toBe(1000)
  })

  test('is not made more than three times', () => {
    expect(waitBeforeRetry({ failure: overloaded, told: 'nothing' }, 3, random)).toBeUndefined()
  })

  test('is made again when the provider said, within a minute', () => {
    const wait = (retryAfterMs: number) =>
      waitBeforeRetry({ failure: describeFailure('rate_limited', { retryAfterMs }), told: 'nothing' }, 1, random)
    expect(wait(7_300)).toBe(7_300)
    expect(wait(0)).toBe(0)
    expect(wait(60_000)).toBe(60_000)
    expect(wait(60_001)).toBeUndefined()
    expect(wait(7_200_000)).toBeUndefined()
  })

  test.each(['thinking', 'text'] as const)('is not made again when %s was shown', told => {
    expect(waitBeforeRetry({ failure: overloaded, told }, 1, random)).toBeUndefined()
  })

  test('is not made again when it was given up', () => {
    const failure = describeFailure('timeout')
    expect(waitBeforeRetry({ failure, told: 'nothing', gaveUp: true }, 1, random)).toBeUndefined()
  })

  test('is not made again when that cannot help', () => {
    expect(waitBeforeRetry({ failure: describeFailure('wrong_key'), told: 'nothing' }, 1, random)).toBeUndefined()
  })
})

test.each([
  [{ 'retry-after-ms': '120.5', 'retry-after': '3' }, 121],
  [{ 'retry-after': '3' }, 3000],
  [{ 'retry-after': '0.25' }, 250],
  [{ 'retry-after': ['2', '9'] }, 2000],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 30_000],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT', date: 'Wed, 21 Oct 2026 07:28:30 GMT' }, 0],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{}, undefined],
])('the headers %o ask to wait %s ms', (headers, expected) => {
  expect(retryAfterOf(headers)).toBe(expected)
})
