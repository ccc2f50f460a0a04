import { expect, test } from 'vitest'
import { toFailure } from './failure.ts'

const error = (message: string, more: object) =>
  JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null, ...more } })
const quota = { type: 'insufficient_quota', code: 'insufficient_quota' }
const rate = { type: 'requests', code: 'rate_limit_exceeded' }

test.each([
  [401, error('Incorrect API key provided: sk-proj-********wxyz.', { code: 'invalid_api_key' }), 'wrong_key', false],
  [
    403,
    error('Country, region, or territory not supported', { code: 'unsupported_country_region_territory' }),
    'wrong_key',
    false,
  ],
  [404, error('The model `gpt-9` does not exist', { code: 'model_not_found' }), 'unknown_model', false],
  [400, error('Maximum context length is 128000 tokens.', { code: 'context_length_exceeded' }), 'too_long', false],
  [
    400,
    error('Your request was rejected by our safety system.', { code: 'content_policy_violation' }),
    'refused',
    false,
  ],
  [400, error("Unsupported parameter: 'max_tokens'", { code: 'unsupported_parameter' }), 'bad_request', false],
  [413, 'Request Entity Too Large', 'too_long', false],
  [429, error('You exceeded your current quota.', quota), 'no_credit', false],
  [429, error('Rate limit reached for gpt-4.1.', rate), 'rate_limited', true],
  [429, error('Slow down.', { code: 'slow_down' }), 'rate_limited', true],
  [500, error('The server had an error.', { type: 'server_error' }), 'server_error', true],
  [501, '', 'bad_request', false],
  [502, '<html>Bad gateway</html>', 'server_error', true],
  [503, error('The engine is currently overloaded.', {}), 'overloaded', true],
  [504, '', 'server_error', true],
  [400, JSON.stringify({ error: 'a bare text of a compatible server' }), 'bad_request', false],
])('OpenAI answering %i %s is %s, tried again: %s', (status, body, code, retryable) => {
  expect(toFailure({ status, headers: {}, body })).toMatchObject({ code, retryable })
})

test('a wrong key is told with its remedy, and without the masked key', () => {
  const body = error('Incorrect API key provided: sk-proj-********wxyz.', { code: 'invalid_api_key' })
  expect(toFailure({ status: 401, headers: {}, body }).message).toBe(
    'The API key is missing or not valid. Put a valid key on the dashboard.',
  )
})

test('a rate limit says when to try again', () => {
  const headers = { 'retry-after': '20', 'retry-after-ms': '19100' }
  expect(toFailure({ status: 429, headers, body: error('Rate limit reached.', rate) })).toEqual({
    code: 'rate_limited',
    message: 'Too many requests in a short time (Rate limit reached). Try again in 20 s.',
    retryable: true,
    retryAfterMs: 19100,
  })
})
