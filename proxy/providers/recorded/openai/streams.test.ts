/** What is told of each recorded stream of OpenAI and of the servers that speak its format. */
import { expect, test } from 'vitest'
import { OpenAiReader } from '../../openai/reader.ts'
import { ended, failed, NO_MORE, testRecordings } from '../streams.ts'

const counted = { input: 19, output: 30, cached: 8, thinking: 20 }
const plain = { cached: 0, thinking: 0 }
const noText = ended('stop', 'The model ended its answer without writing any text.')
const noTextButThoughts = ended('stop', 'The model thought, and ended its answer without writing any text.')
const cutOff = ended('interrupted', 'The connection broke before the answer was whole.')
const unreadable = failed(
  'broken_answer',
  'The answer could not be read. Check that the address of the route belongs to an API of this kind.',
  { retryable: false },
)
const unreadable502 = failed(
  'broken_answer',
  'The answer could not be read (502 Bad Gateway). Check that the address of the route belongs to an API of this kind.',
  { retryable: false },
)
const tool = ended('stop', 'The model wanted to call a tool, and there is none.')
const sources = ended('stop', 'The model also gave its sources, which cannot be shown here.')
const serverError = (said: string) =>
  failed('server_error', `The provider had an error of its own${said}. Try again in a moment.`)

testRecordings('openai', {
  answer: { text: 'Hello there.', usage: counted },
  'comments-and-crlf': { text: 'AB', usage: { input: 3, output: 2 } },
  'carriage-returns-only': { text: 'One two' },
  'byte-order-mark': { text: 'Hi' },
  unicode: { text: 'Grüße 🌍 你好, 👩‍🚀 ok' },
  'data-over-several-lines': { text: 'Hi' },
  'fields-without-data': { text: 'Hi' },
  azure: { text: 'Hi' },
  'pieces-without-choices': { text: 'Ok' },
  'content-in-parts': { text: 'One two', end: sources },

  'usage-on-every-piece': { text: 'AB', usage: { input: 9, output: 3 } },
  'usage-incomplete': { text: 'Hi', usage: { input: 7, output: 0 } },
  'usage-unreadable': { text: 'Hi' },

  'reasoning-of-deepseek': { thinking: 'Hmm.', text: 'Yes', usage: { input: 5, output: 12, cached: 0, thinking: 10 } },
  'reasoning-of-openrouter': { thinking: 'Hmm.', text: 'Yes' },
  'reasoning-under-both-names': { thinking: 'Hmm.', text: 'Yes' },
  'reasoning-without-text': { thinking: 'Hmm.', end: noTextButThoughts },
  'reasoning-used-the-length': {
    usage: { input: 19, output: 512, cached: 0, thinking: 512 },
    end: ended(
      'length',
      'The model used the whole length limit for thinking, before any text. Raise maxTokens of the route, which thinking counts towards.',
    ),
  },

  length: {
    text: 'Once upon',
    usage: { input: 19, output: 2, ...plain },
    end: ended('length', 'The answer reached the length limit.'),
  },
  'length-before-text': {
    end: ended('length', 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.'),
  },
  'content-filter': { text: 'Once', end: ended('filtered', "The provider's content filter stopped the answer.") },
  'content-filter-before-text': {
    end: ended(
      'filtered',
      "The provider's content filter stopped the answer before any text. Word the question differently.",
    ),
  },
  refusal: {
    text: "I'm sorry, I can’t help with that.",
    usage: { input: 19, output: 9, ...plain },
    end: ended('refused', 'The model refused to answer. Word the question differently.'),
  },
  empty: { usage: { input: 19, output: 0, ...plain }, end: noText },
  'spaces-only': { end: noText },
  'finish-reason-tool-calls': { end: ended('stop', 'The model wanted to call a tool, and there is none.') },
  'finish-reason-unknown': {
    text: 'Hi',
    end: ended('stop', 'The provider ended the answer with the reason "solar_flare".'),
  },
  'finish-reason-abort': {
    text: 'Hi',
    end: ended('interrupted', 'The server stopped the answer before it was whole.'),
  },
  'finish-reason-error': { text: 'Hi', end: serverError('') },

  'no-done': { text: 'Hi' },
  'no-last-blank-line': { text: 'Hi there' },
  'no-finish-reason': { text: 'Hi' },
  'cut-off': { text: 'Hi there', end: cutOff },
  'cut-off-before-text': { end: cutOff },
  'cut-within-an-event': { text: 'Hi', end: cutOff },
  'cut-after-thinking': { thinking: 'Hmm.', end: cutOff },

  'error-in-the-middle': {
    text: 'Hi',
    end: serverError(' (The server had an error while processing your request. Sorry about that!)'),
  },
  'error-event': {
    text: 'Hi',
    end: failed(
      'overloaded',
      'The provider is overloaded (The engine is currently overloaded, please try again later). Try again in a moment.',
    ),
  },
  'error-rate-limit': {
    end: failed(
      'rate_limited',
      'Too many requests in a short time (Rate limit reached for gpt-4.1 on tokens per min (TPM)). Try again in a moment.',
    ),
  },
  'error-of-vllm': { text: 'Hi', end: serverError(' (EngineCore encountered an issue)') },
  'error-of-llama-cpp': { text: 'Hi', end: serverError(' (context shift is disabled)') },
  'error-of-openrouter': { text: 'Hi', end: serverError(' (Provider disconnected)') },
  'error-as-text': { text: 'Hi', end: serverError(' (model runner has unexpectedly stopped)') },

  garbage: { text: 'Hi', end: unreadable },
  'garbage-page': { end: unreadable502 },
  'garbage-of-another-kind': { end: unreadable },

  'think-tags': { thinking: '\nHmm. a < b', text: 'Yes, <think> is a tag.' },
  'think-tags-unclosed': { thinking: 'Hmm', end: noTextButThoughts },
  'think-tags-unopened': { thinking: 'Okay, hmm.\n', text: 'Yes' },
  'think-tags-in-code': { text: '```html\n<think>\n</think>\n```\nUse `</think>` so.\n' },
  'think-tags-of-magistral': { thinking: 'Hmm.', text: 'Yes' },
  'thinking-in-parts': { thinking: 'Hmm.', text: 'Yes' },
  'half-characters': { text: 'Hi 😀 \uFFFD' },
  'tool-calls-with-stop': { end: tool },
  'image-of-openrouter': {
    end: ended('stop', 'The model wrote no text. It gave an image, which cannot be shown here.'),
  },
  audio: { text: 'Hello', end: ended('stop', 'The model also gave audio, which cannot be shown here.') },
  'citations-of-perplexity': { text: 'Yes', end: sources },
  'invisible-only': { end: noText },
  'length-after-stop': { text: 'Once', end: ended('length', 'The answer reached the length limit.') },
  'error-beside-text': {
    text: 'Hi',
    end: failed(
      'rate_limited',
      'Too many requests in a short time (Provider returned error: Too busy: slow down). Try again in a moment.',
    ),
  },
  'error-in-detail': {
    end: failed(
      'no_credit',
      "The credit or quota of this API key is used up (Insufficient balance). Add credit or raise the limit in the provider's console.",
      { retryable: false },
    ),
  },
  'error-as-plain-text': {
    end: failed(
      'broken_answer',
      'The answer could not be read (Internal Server Error: worker died). Check that the address of the route belongs to an API of this kind.',
      { retryable: false },
    ),
  },
  'error-as-a-number': {
    end: failed(
      'no_credit',
      "The credit or quota of this API key is used up. Add credit or raise the limit in the provider's console.",
      { retryable: false },
    ),
  },
})

testRecordings(
  'openai',
  {
    'no-done': { text: 'Hi' },
    'cut-off': { text: 'Hi there', end: NO_MORE },
    'cut-off-before-text': { end: cutOff },
    'cut-within-an-event': { text: 'Hi', end: cutOff },
    'no-last-blank-line': { text: 'Hi there' },
    'cut-after-thinking': { thinking: 'Hmm.', end: cutOff },
    'usage-incomplete': { text: 'Hi', usage: { input: 7, output: 0 } },
    length: {
      text: 'Once upon',
      usage: { input: 19, output: 2, ...plain },
      end: expect.objectContaining({ ending: 'length' }),
    },
    'error-of-llama-cpp': { text: 'Hi', end: serverError(' (context shift is disabled)') },
    'error-of-vllm': { text: 'Hi', end: serverError(' (EngineCore encountered an issue)') },
    'spaces-only': { end: noText },
    garbage: { text: 'Hi', end: unreadable },
  },
  'compatible',
)

test('an OpenAI reader ignores whatever follows the end', () => {
  const reader = new OpenAiReader()
  expect(reader.read({ data: '[DONE]' })).toHaveLength(1)
  expect(reader.read({ data: '{"choices":[{"delta":{"content":"more"}}]}' })).toEqual([])
  expect(reader.read({ data: '[DONE]' })).toEqual([])
  expect(reader.finish()).toEqual([])
})
