/** What is told of each recorded error of OpenAI, and of the servers that speak its format. */
import { testErrors } from '../errors.ts'

testErrors('openai', {
  'bad-gateway': [
    'server_error',
    'The provider had an error of its own (502 Bad Gateway). Try again in a moment.',
    'again',
  ],
  'billing-not-active': [
    'no_credit',
    "The credit or quota of this API key is used up (Your account is not active, please check your billing details on our website). Add credit or raise the limit in the provider's console.",
  ],
  'gateway-timeout': [
    'server_error',
    'The provider had an error of its own (status 504). Try again in a moment.',
    'again',
  ],
  'no-credit': [
    'no_credit',
    "The credit or quota of this API key is used up (You exceeded your current quota, please check your plan and billing details). Add credit or raise the limit in the provider's console.",
  ],
  'no-key': [
    'wrong_key',
    "The API key is missing, not valid or not allowed to do this (You didn't provide an API key). Put a valid key on the dashboard.",
  ],
  'of-fastapi': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (Invalid token). Put a valid key on the dashboard.',
  ],
  'of-lm-studio': [
    'bad_request',
    'The provider refused the request (No models loaded. Please load a model in the developer page). Check the route on the dashboard.',
  ],
  'of-ollama': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (model "llama9" not found, try pulling it first). Check the route on the dashboard.',
  ],
  'of-openrouter': [
    'no_credit',
    "The credit or quota of this API key is used up (This request requires more credits, or fewer max_tokens). Add credit or raise the limit in the provider's console.",
  ],
  'of-vllm': [
    'bad_request',
    "The provider refused the request ([{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted'}]). Check the route on the dashboard.",
  ],
  overloaded: [
    'overloaded',
    'The provider is overloaded (The engine is currently overloaded, please try again later). Try again in 3 s.',
    { inMs: 3000 },
  ],
  'rate-limit': [
    'rate_limited',
    'Too many requests in a short time (Rate limit reached for gpt-4.1 in organization org-1 on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s). Try again in 20 s.',
    { inMs: 19100 },
  ],
  'refused-by-azure': [
    'refused',
    "The provider refused the content (The response was filtered due to the prompt triggering Azure OpenAI's content management policy). Word the question differently.",
  ],
  'refused-content': [
    'refused',
    'The provider refused the content (Your request was rejected as a result of our safety system). Word the question differently.',
  ],
  'refused-prompt': [
    'refused',
    'The provider refused the content (Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt). Word the question differently.',
  ],
  'server-error': [
    'server_error',
    'The provider had an error of its own (The server had an error while processing your request. Sorry about that!). Try again in a moment.',
    'again',
  ],
  'slow-down': [
    'rate_limited',
    'Too many requests in a short time (Slow down. Your rate has increased too quickly). Try again in 5 s.',
    { inMs: 5000 },
  ],
  'too-large-body': [
    'too_long',
    'The conversation is too long for this model (413 Request Entity Too Large). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-large-for-a-minute': [
    'too_long',
    'The conversation is too long for this model (Request too large for gpt-4.1 in organization org-1 on tokens per min (TPM): Limit 30000, Requested 33000. The input or output tokens must be reduced in order to run successfully). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long': [
    'too_long',
    "The conversation is too long for this model (This model's maximum context length is 128000 tokens. However, your messages resulted in 190012 tokens. Please reduce the length of the messages). Send /reset to begin anew, or ask something shorter.",
  ],
  'unknown-address': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (404 Not Found). Check the route on the dashboard.',
  ],
  'unknown-model': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (The model `gpt-9` does not exist or you do not have access to it). Check the route on the dashboard.',
  ],
  'unsupported-parameter': [
    'bad_request',
    "The provider refused the request (Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead). Check the route on the dashboard.",
  ],
  'unsupported-value': [
    'bad_request',
    "The provider refused the request (Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported). Check the route on the dashboard.",
  ],
  'wrong-key': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this. Put a valid key on the dashboard.',
  ],
  'wrong-organization': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (You are not a member of the organization). Put a valid key on the dashboard.',
  ],
  'wrong-region': [
    'bad_request',
    'The provider refused the request (Country, region, or territory not supported). Check the route on the dashboard.',
  ],
})
