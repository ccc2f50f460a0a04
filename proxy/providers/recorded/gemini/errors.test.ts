/** What is told of each recorded error of Gemini. */
import { testErrors } from '../errors.ts'

testErrors('gemini', {
  'bad-gateway': [
    'server_error',
    'The provider had an error of its own (502 Server Error). Try again in a moment.',
    'again',
  ],
  deadline: [
    'timeout',
    'The provider took too long (Deadline expired before operation could complete). Try again, or raise the timeout of the route.',
    'again',
  ],
  'leaked-key': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (Your API key was reported as leaked. Please use another API key). Put a valid key on the dashboard.',
  ],
  'no-credit': [
    'no_credit',
    "The credit or quota of this API key is used up (Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing). Add credit or raise the limit in the provider's console.",
  ],
  'no-key': [
    'wrong_key',
    "The API key is missing, not valid or not allowed to do this (Method doesn't allow unregistered callers (callers without established identity)). Put a valid key on the dashboard.",
  ],
  'overloaded-in-a-list': [
    'overloaded',
    'The provider is overloaded (The model is overloaded. Please try again later). Try again in a moment.',
    'again',
  ],
  overloaded: [
    'overloaded',
    'The provider is overloaded (The model is overloaded. Please try again later). Try again in a moment.',
    'again',
  ],
  'quota-of-nothing': [
    'no_credit',
    "The credit or quota of this API key is used up (You exceeded your current quota, please check your plan and billing details). Add credit or raise the limit in the provider's console.",
  ],
  'quota-of-the-day': [
    'no_credit',
    "The credit or quota of this API key is used up (You exceeded your current quota, please check your plan and billing details). Add credit or raise the limit in the provider's console.",
  ],
  'rate-limit-of-the-minute': [
    'rate_limited',
    'Too many requests in a short time (You exceeded your current quota, please check your plan and billing details. Please retry in 34.4s). Try again in 35 s.',
    { inMs: 34400 },
  ],
  'rate-limit-with-a-header': [
    'rate_limited',
    'Too many requests in a short time (Resource has been exhausted (e.g. check quota)). Try again in 3 s.',
    { inMs: 3000 },
  ],
  'rate-limit-without-a-time': [
    'rate_limited',
    'Too many requests in a short time (Resource has been exhausted (e.g. check quota)). Try again in a moment.',
    'again',
  ],
  'server-error': [
    'server_error',
    'The provider had an error of its own (An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting). Try again in a moment.',
    'again',
  ],
  'too-long': [
    'too_long',
    'The conversation is too long for this model (The input token count (2000000) exceeds the maximum number of tokens allowed (1048576)). Send /reset to begin anew, or ask something shorter.',
  ],
  unauthenticated: [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (Request had invalid authentication credentials). Put a valid key on the dashboard.',
  ],
  'unknown-field': [
    'bad_request',
    'The provider refused the request (Invalid JSON payload received. Unknown name "x": Cannot find field). Check the route on the dashboard.',
  ],
  'unknown-model': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (models/gemini-9 is not found for API version v1beta, or is not supported for generateContent). Check the route on the dashboard.',
  ],
  'wrong-key': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (API key not valid. Please pass a valid API key). Put a valid key on the dashboard.',
  ],
  'wrong-region': [
    'bad_request',
    'The provider refused the request (User location is not supported for the API use). Check the route on the dashboard.',
  ],
})
