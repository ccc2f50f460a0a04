import { expect, test } from 'vitest'
import { toFailure } from './failure.ts'

const error = (type: string, message: string, error_code?: string) =>
  JSON.stringify({ type: 'error', error: { type, message, details: { error_code } }, request_id: 'req_1' })
const soon = { 'retry-after': '12' }

test.each([
  [401, {}, error('authentication_error', 'invalid x-api-key'), 'wrong_key', false],
  [403, {}, error('permission_error', 'Your API key may not use this.'), 'wrong_key', false],
  [402, {}, error('billing_error', 'Add credit.'), 'no_credit', false],
  [
    400,
    {},
    error('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    'no_credit',
    false,
  ],
  [429, soon, error('rate_limit_error', 'Limit reached.', 'enforced_spend_limit_reached'), 'no_credit', false],
  [429, soon, error('rate_limit_error', 'Too many requests per minute.'), 'rate_limited', true],
  [429, soon, error('rate_limit_error', 'Growing too fast.', 'ramp_limit_exceeded'), 'rate_limited', true],
  [429, {}, error('rate_limit_error', 'You have reached a limit.'), 'rate_limited', false],
  [404, {}, error('not_found_error', 'model: claude-9'), 'unknown_model', false],
  [400, {}, error('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'), 'too_long', false],
  [413, {}, error('request_too_large', 'Request exceeds the maximum size'), 'too_long', false],
  [400, {}, error('invalid_request_error', 'max_tokens: Field required'), 'bad_request', false],
  [500, {}, error('api_error', 'Internal server error'), 'server_error', true],
  [503, {}, '<html>', 'overloaded', true],
  [504, {}, error('timeout_error', 'Timed out.'), 'timeout', true],
  [529, {}, error('overloaded_error', 'Overloaded'), 'overloaded', true],
])('Anthropic answering %i %o %s is %s, tried again: %s', (status, headers, body, code, retryable) => {
  expect(toFailure({ status, headers, body })).toMatchObject({ code, retryable })
})
