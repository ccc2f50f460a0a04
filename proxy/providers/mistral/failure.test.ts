import { expect, test } from 'vitest'
import { toFailure } from './failure.ts'

const error = (message: string, type: string, code: string | null = null) =>
  JSON.stringify({ object: 'error', message, type, param: null, code })
const missing = [{ type: 'missing', loc: ['body', 'messages', 0, 'content'], msg: 'Field required', input: {} }]
const soon = { 'retry-after': '2' }

test.each([
  [401, {}, '{"detail":"Unauthorized"}', 'wrong_key', false],
  [401, {}, '{"message":"Unauthorized","request_id":"933f"}', 'wrong_key', false],
  [402, {}, error('No credit.', 'payment_required'), 'no_credit', false],
  [400, {}, error('Invalid model: mistral-9', 'invalid_model', '1500'), 'unknown_model', false],
  [400, {}, error('Expected last role User', 'invalid_request_message_order', '3230'), 'bad_request', false],
  [
    400,
    {},
    error(
      'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
      'invalid_request_prompt',
      '3051',
    ),
    'too_long',
    false,
  ],
  [422, {}, JSON.stringify({ detail: missing }), 'bad_request', false],
  [
    422,
    {},
    JSON.stringify({ object: 'error', message: { detail: missing }, type: 'invalid_request_error' }),
    'bad_request',
    false,
  ],
  [429, soon, error('Rate limit exceeded', 'rate_limited', '1300'), 'rate_limited', true],
  [429, {}, error('Rate limit exceeded', 'rate_limited', '1300'), 'rate_limited', false],
  [500, {}, error('Internal server error', 'internal_server_error', '3000'), 'server_error', true],
  [502, {}, '<html>', 'server_error', true],
  [503, {}, error('Service unavailable.', 'unknown'), 'overloaded', true],
  [504, {}, '', 'server_error', true],
])('Mistral answering %i %o %s is %s, tried again: %s', (status, headers, body, code, retryable) => {
  expect(toFailure({ status, headers, body })).toMatchObject({ code, retryable })
})

test('a refused field of Mistral is named', () => {
  expect(toFailure({ status: 422, headers: {}, body: JSON.stringify({ detail: missing }) }).message).toBe(
    'The provider refused the request (messages.0.content: Field required). Check the route on the dashboard.',
  )
})
