/** What is told of each recorded error of Mistral. */
import { testErrors } from '../errors.ts'

testErrors('mistral', {
  'bad-gateway': [
    'server_error',
    'The provider had an error of its own (status 502: Bad gateway). Try again in a moment.',
    'again',
  ],
  capacity: [
    'rate_limited',
    'Too many requests in a short time (Service tier capacity exceeded for this model). Try again in 2 s.',
    { inMs: 1500 },
  ],
  'gateway-timeout': [
    'server_error',
    'The provider had an error of its own (status 504). Try again in a moment.',
    'again',
  ],
  'missing-field-wrapped': [
    'bad_request',
    'The provider refused the request (messages.0.content: Field required). Check the route on the dashboard.',
  ],
  'missing-field': [
    'bad_request',
    'The provider refused the request (messages.0.content: Field required). Check the route on the dashboard.',
  ],
  'no-credit': [
    'no_credit',
    "The credit or quota of this API key is used up (Your subscription has no credit left). Add credit or raise the limit in the provider's console.",
  ],
  'not-permitted': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (You do not have permission to access this resource). Put a valid key on the dashboard.',
  ],
  'quota-without-a-time': [
    'rate_limited',
    'A limit of this API key is reached, and the provider does not say for how long (Rate limit exceeded). Look at the limits in its console, or try again later.',
  ],
  'rate-limit': [
    'rate_limited',
    'Too many requests in a short time (Rate limit exceeded). Try again in 2 s.',
    { inMs: 2000 },
  ],
  'server-error': [
    'server_error',
    'The provider had an error of its own (Internal server error). Try again in a moment.',
    'again',
  ],
  'too-long': [
    'too_long',
    'The conversation is too long for this model (Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length). Send /reset to begin anew, or ask something shorter.',
  ],
  'two-fields': [
    'bad_request',
    'The provider refused the request (colour: Extra inputs are not permitted; temperature: Input should be less than or equal to 1.5). Check the route on the dashboard.',
  ],
  unavailable: ['overloaded', 'The provider is overloaded (Service unavailable). Try again in a moment.', 'again'],
  'unknown-address': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (no Route matched with those values). Check the route on the dashboard.',
  ],
  'unknown-model': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (Invalid model: mistral-9). Check the route on the dashboard.',
  ],
  'wrong-key-at-the-gateway': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (Unauthorized). Put a valid key on the dashboard.',
  ],
  'wrong-key': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (Unauthorized). Put a valid key on the dashboard.',
  ],
  'wrong-order': [
    'bad_request',
    'The provider refused the request (Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant). Check the route on the dashboard.',
  ],
})
