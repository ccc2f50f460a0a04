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

  'too-long-of-ollama': [
    'too_long',
    'The conversation is too long for this model (prompt too long; exceeded max context length by 9 tokens). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-llama-cpp': [
    'too_long',
    'The conversation is too long for this model (request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-llama-cpp-later': [
    'too_long',
    'The conversation is too long for this model (Context size has been exceeded). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-lm-studio': [
    'too_long',
    'The conversation is too long for this model (Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-groq': [
    'too_long',
    'The conversation is too long for this model (Please reduce the length of the messages or completion). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-groq-for-a-minute': [
    'too_long',
    'The conversation is too long for this model (Request too large for model `llama-3.3-70b-versatile` on tokens per minute (TPM): Limit 6000, Requested 8012, please reduce your message size and try again). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-xai': [
    'too_long',
    "The conversation is too long for this model (This model's maximum prompt length is 131072 but the request contains 537812 tokens). Send /reset to begin anew, or ask something shorter.",
  ],
  'too-long-of-together': [
    'too_long',
    "The conversation is too long for this model (The input (516368 tokens) is longer than the model's context length (262144 tokens)). Send /reset to begin anew, or ask something shorter.",
  ],
  'too-long-of-fireworks': [
    'too_long',
    'The conversation is too long for this model (The prompt is too long: 262377, model maximum context length: 262143). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-sglang': [
    'too_long',
    "The conversation is too long for this model (Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 64657 tokens). Send /reset to begin anew, or ask something shorter.",
  ],
  'too-long-of-tgi': [
    'too_long',
    'The conversation is too long for this model (Input validation error: `inputs` must have less than 4096 tokens. Given: 5021). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-litellm': [
    'too_long',
    'The conversation is too long for this model (litellm.BadRequestError: OpenAIException: Your input exceeds the context window of this model). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-azure': [
    'too_long',
    'The conversation is too long for this model (Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 509178 tokens). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-dashscope': [
    'too_long',
    'The conversation is too long for this model (Range of input length should be [1, 129024]). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-moonshot': [
    'too_long',
    'The conversation is too long for this model (Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)). Send /reset to begin anew, or ask something shorter.',
  ],
  'too-long-of-zhipu': [
    'too_long',
    'The conversation is too long for this model (Prompt exceeds max length). Send /reset to begin anew, or ask something shorter.',
  ],
  'not-too-long-of-vllm': [
    'bad_request',
    "The provider refused the request ('max_tokens' or 'max_completion_tokens' is too large: 50000. This model's maximum context length is 32768 tokens and your request has 20 input tokens). Check the route on the dashboard.",
  ],
  'not-too-long-stop': [
    'bad_request',
    "The provider refused the request (Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 9 instead). Check the route on the dashboard.",
  ],
  'no-credit-of-deepseek': [
    'no_credit',
    "The credit or quota of this API key is used up (Insufficient Balance). Add credit or raise the limit in the provider's console.",
  ],
  'no-credit-of-xai': [
    'no_credit',
    "The credit or quota of this API key is used up (Your team t-1 has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit). Add credit or raise the limit in the provider's console.",
  ],
  'no-credit-of-fireworks': [
    'no_credit',
    "The credit or quota of this API key is used up (Account acme-7 is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices). Add credit or raise the limit in the provider's console.",
  ],
  'no-credit-of-litellm': [
    'no_credit',
    "The credit or quota of this API key is used up (Budget has been exceeded! Current cost: 5.0, Max budget: 1.0). Add credit or raise the limit in the provider's console.",
  ],
  'no-credit-of-venice': [
    'no_credit',
    "The credit or quota of this API key is used up (Insufficient USD or Diem balance to complete request. Visit https://venice.ai/settings/api to add credits). Add credit or raise the limit in the provider's console.",
  ],
  'no-credit-of-zhipu': [
    'no_credit',
    "The credit or quota of this API key is used up (code 1113). Add credit or raise the limit in the provider's console.",
  ],
  'wrong-key-of-xai': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this. Put a valid key on the dashboard.',
  ],
  'wrong-key-of-gemini': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (API key not valid. Please pass a valid API key). Put a valid key on the dashboard.',
  ],
  'wrong-key-of-deepseek': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (Authentication Fails (governor)). Put a valid key on the dashboard.',
  ],
  'wrong-key-of-vllm': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (Unauthorized). Put a valid key on the dashboard.',
  ],
  'wrong-key-of-azure': [
    'wrong_key',
    'The API key is missing, not valid or not allowed to do this (Access denied due to invalid subscription key or wrong API endpoint). Put a valid key on the dashboard.',
  ],
  'unknown-model-of-deepseek': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (Model Not Exist). Check the route on the dashboard.',
  ],
  'unknown-model-of-openrouter': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (llama9 is not a valid model ID). Check the route on the dashboard.',
  ],
  'unknown-model-of-litellm': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (/chat/completions: Invalid model name passed in model=gpt-9. Call `/v1/models` to view available models for your key). Check the route on the dashboard.',
  ],
  'unknown-model-of-groq': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (The model `llama3-8b-8192` has been decommissioned and is no longer supported). Check the route on the dashboard.',
  ],
  'unknown-model-of-together': [
    'unknown_model',
    'The model or the address is not known, or this key may not use it (Unable to access model llama9. Please visit https://api.together.ai/models to view the list of supported models). Check the route on the dashboard.',
  ],
  'overloaded-of-ollama': [
    'overloaded',
    'The provider is overloaded (server busy, please try again. maximum pending requests exceeded). Try again in a moment.',
    'again',
  ],
  'overloaded-of-llama-cpp': [
    'overloaded',
    'The provider is overloaded (Loading model). Try again in a moment.',
    'again',
  ],
  'overloaded-of-tgi': [
    'overloaded',
    'The provider is overloaded (Model is overloaded). Try again in a moment.',
    'again',
  ],
  'overloaded-of-litellm': [
    'overloaded',
    'The provider is overloaded (No deployments available for selected model, Try again in 60 seconds. Passed model=m). Try again in a moment.',
    'again',
  ],
  'rate-limit-of-openrouter': [
    'rate_limited',
    'Too many requests in a short time (Provider returned error: deepseek/deepseek-v4 is temporarily rate-limited upstream. Please retry shortly). Try again in a moment.',
    'again',
  ],
  'refused-by-deepseek': [
    'refused',
    'The provider refused the content (Content Exists Risk). Word the question differently.',
  ],
  'refused-by-xai': [
    'refused',
    'The provider refused the content (Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO). Word the question differently.',
  ],
  'refused-by-dashscope': [
    'refused',
    'The provider refused the content (Input data may contain inappropriate content). Word the question differently.',
  ],
  'cause-of-openrouter': [
    'bad_request',
    'The provider refused the request (Provider returned error: Unexpected role). Check the route on the dashboard.',
  ],
  'cause-in-a-list': [
    'bad_request',
    'The provider refused the request (messages: Field required; max_tokens: Input should be a valid integer). Check the route on the dashboard.',
  ],
  'cause-in-errors': [
    'bad_request',
    'The provider refused the request (One is wrong.; Two is wrong). Check the route on the dashboard.',
  ],
  'cause-as-text': [
    'bad_request',
    'The provider refused the request (status 400: stream must be false). Check the route on the dashboard.',
  ],
  'cause-in-a-frame': [
    'bad_request',
    'The provider refused the request (Unknown role). Check the route on the dashboard.',
  ],
  'cause-with-a-key': [
    'server_error',
    'The provider had an error of its own (upstream refused Bearer [key]). Try again in a moment.',
    'again',
  ],
})
