import { expect, test } from 'vitest'
import { askedWaitOf } from './asked-wait.ts'

const NOW = Date.UTC(2026, 9, 21, 7, 28, 0)
const until = (ms: number) => NOW + ms
const waitOf = (headers: Record<string, string>, body = '', status = 429) => askedWaitOf({ status, headers, body }, NOW)

test.each([
  [{ 'retry-after': '7200' }, 7_200_000],
  [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' }, 30_000],
  [{ 'retry-after': 'Wednesday, 21-Oct-26 07:28:30 GMT' }, 30_000],
  [{ 'retry-after': 'Wed Oct 21 07:28:30 2026' }, 30_000],
  [{ 'x-ratelimit-reset': '45' }, 45_000],
  [{ 'x-ratelimit-reset': String(until(45_000)) }, 45_000],
  [{ 'x-ratelimit-reset': String(until(45_000) / 1000) }, 45_000],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '45' }, 45_000],
  [{ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '45' }, undefined],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
  [{ 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-reset-requests': '1s' }, undefined],
  [{ 'x-ratelimit-reset-requests': '1s' }, undefined],
  [
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-10-21T07:29:00Z',
      'anthropic-ratelimit-tokens-remaining': '0',
      'anthropic-ratelimit-tokens-reset': '2026-10-21T07:28:10Z',
    },
    60_000,
  ],
  [{}, undefined],
])('a refusal with the headers %o asks to wait %s ms', (headers, wait) => {
  expect(waitOf(headers)).toBe(wait)
})

const inBody = (error: object) => JSON.stringify({ error })
test.each([
  [inBody({ details: [{ '@type': 'x' }, { retryDelay: '34.4s' }] }), 34_400],
  [`[${inBody({ details: [{ retryDelay: '3600s' }] })}]`, 3_600_000],
  [inBody({ metadata: { headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(until(9000)) } } }), 9000],
  [inBody({ message: 'Limit reached for m. Please try again in 7m12.5s. Visit …' }), 432_500],
  [inBody({ message: 'Please retry after 20 seconds.' }), 20_000],
  [inBody({ message: 'Please try again in a moment.' }), undefined],
  ['Too many requests', undefined],
])('a refusal with the body %s asks to wait %s ms', (body, wait) => {
  expect(waitOf({}, body)).toBe(wait)
})

test('a limit that resets says nothing of an error of another kind', () => {
  expect(waitOf({ 'x-ratelimit-reset': '45' }, '', 500)).toBeUndefined()
  expect(waitOf({ 'retry-after': '45' }, '', 503)).toBe(45_000)
})
