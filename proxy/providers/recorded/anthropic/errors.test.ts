/** What is told of each recorded error of Anthropic. */
import { testErrors } from '../errors.ts'

testErrors('anthropic', {
  'bad-gateway': [
    'server_error',
    'The provider had an error of its own (status 502: Bad Gateway). Try again in a moment.',
    'again',
  ],
  'deprecated-field': [
    'bad_request',
    'The provider refused the request (`temperature` is deprecated for this model). Check the route on the dashboard.',
  ],
  'limit-without-a-time': [
    'rate_limited',
    'A limit of this API key is reached, and the provider does not say for how long (You have reached a limit of your workspace). Look at the limits in its console, or try again later.',
  ],
  'missing-field': [
    'bad_request',
    'The provider refused the request (max_tokens: Field required). Check the route on the dashboard.',
  ],
  'no-billing': [
    'no_credit',
    "The credit or quota of this API key is used up (There is a problem with your billing or payment information). Add credit or raise the limit in the provider's console.",
  ],
  'no-credit': [
    'no_credit',
    "The credit or quota of this API key is used up (Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits). Add credit or raise the limit in the provider's console.",
  ],
  'no-key': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (x-api-key header is required). Put a valid key on the dashboard.',
  ],
  'not-permitted': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (Your API key does not have permission to use the specified resource). Put a valid key on the dashboard.',
  ],
  overloaded: ['overloaded', 'The provider is overloaded (Overloaded). Try again in a moment.', 'again'],
  'rate-limit': [
    'rate_limited',
    'Too many requests in a short time (This request would exceed your organization’s rate limit of 50 requests per minute). Try again in 12 s.',
    { inMs: 12000 },
  ],
  'server-error': [
    'server_error',
    'The provider had an error of its own (Internal server error). Try again in a moment.',
    'again',
  ],
  'spend-limit': [
    'no_credit',
    "The credit or quota of this API key is used up (You have reached your specified API usage limits). Add credit or raise the limit in the provider's console.",
  ],
  timeout: [
    'timeout',
    'The provider took too long (The request timed out). Try again, or raise the timeout of the route.',
    'again',
  ],
  'too-large-body': [
    'too_long',
    'The conversation is too long for this model (Request exceeds the maximum allowed number of bytes). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-with-answer': [
    'too_long',
    'The conversation is too long for this model (input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000, decrease input length or `max_tokens` and try again). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long': [
    'too_long',
    'The conversation is too long for this model (prompt is too long: 210000 tokens > 200000 maximum). Send /reset to begin anew, or ask something shorter.',
  ],
  'unknown-model': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (model: claude-9). Check the route on the dashboard.',
  ],
  'wrong-key': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (invalid x-api-key). Put a valid key on the dashboard.',
  ],
})
