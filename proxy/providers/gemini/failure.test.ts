import { expect, test } from 'vitest'
import { toFailure } from './failure.ts'

const error = (code: number, status: string, message: string, ...details: readonly object[]) =>
  JSON.stringify({ error: { code, status, message, details } })
const info = (reason: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason })
const quota = (quotaId: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId }],
})
const retry = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay })

test.each([
  [400, error(400, 'INVALID_ARGUMENT', 'API key not valid.', info('API_KEY_INVALID')), 'wrong_key', false],
  [401, error(401, 'UNAUTHENTICATED', 'No key.'), 'wrong_key', false],
  [403, error(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.'), 'wrong_key', false],
  [404, error(404, 'NOT_FOUND', 'models/gemini-9 is not found.'), 'unknown_model', false],
  [
    400,
    error(
      400,
      'INVALID_ARGUMENT',
      'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
    ),
    'too_long',
    false,
  ],
  [400, error(400, 'INVALID_ARGUMENT', 'Unknown name "x": Cannot find field.'), 'bad_request', false],
  [400, error(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'), 'bad_request', false],
  [
    429,
    error(429, 'RESOURCE_EXHAUSTED', 'Quota.', quota('GenerateRequestsPerMinutePerProjectPerModel'), retry('34.4s')),
    'rate_limited',
    true,
  ],
  [
    429,
    error(429, 'RESOURCE_EXHAUSTED', 'Quota.', quota('GenerateRequestsPerDayPerProjectPerModel'), retry('34.4s')),
    'no_credit',
    false,
  ],
  [500, error(500, 'INTERNAL', 'An internal error has occurred.'), 'server_error', true],
  [503, error(503, 'UNAVAILABLE', 'The model is overloaded.'), 'overloaded', true],
  [504, error(504, 'DEADLINE_EXCEEDED', 'Deadline expired.'), 'timeout', true],
  [502, '<html>', 'server_error', true],
  [503, `[${error(503, 'UNAVAILABLE', 'The model is overloaded.')}]`, 'overloaded', true],
])('Gemini answering %i %s is %s, tried again: %s', (status, body, code, retryable) => {
  expect(toFailure({ status, headers: {}, body })).toMatchObject({ code, retryable })
})

test('a Gemini quota says when to try again, in its RetryInfo or else in the header', () => {
  const told = error(429, 'RESOURCE_EXHAUSTED', 'Quota.', retry('34.4s'))
  expect(toFailure({ status: 429, headers: { 'retry-after': '3' }, body: told }).retryAfterMs).toBe(34_400)
  const untold = error(429, 'RESOURCE_EXHAUSTED', 'Quota.')
  expect(toFailure({ status: 429, headers: { 'retry-after': '3' }, body: untold }).retryAfterMs).toBe(3000)
})
