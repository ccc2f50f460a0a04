/** What is told of each recorded stream of Anthropic. */
import { expect, test } from 'vitest'
import { AnthropicReader } from '../../anthropic/reader.ts'
import { ended, failed, testRecordings } from '../streams.ts'

const cached = 0
const usage = { input: 25, output: 15, cached }
const begun = { input: 25, output: 1, cached }
const cutOff = ended('interrupted', 'The connection broke before the answer was whole.')
const tool = ended('stop', 'The model wanted to use a tool, and there is none.')
const overloaded = (said: string) => failed('overloaded', `The provider is overloaded${said}. Try again in a moment.`)
const unreadable = failed(
  'broken_answer',
  'The answer could not be read. Check that the address of the route belongs to an API of this kind.',
  { retryable: false },
)

testRecordings('anthropic', {
  answer: { text: 'Hello there.', usage },
  'crlf-and-comments': { text: 'Ok', usage },
  unicode: { text: 'Grüße 🌍 你好 👩‍🚀', usage },
  'data-over-several-lines': { text: 'Ok', usage },
  'fields-without-data': { text: 'Ok', usage },
  'start-twice': { text: 'Ok', usage },
  'events-unknown': { text: 'Ok', usage },
  'server-tools': {
    text: 'Found.',
    usage,
    end: ended('stop', 'The model also gave results of a tool and its sources, which cannot be shown here.'),
  },

  thinking: { thinking: 'Let me see.', text: '42', usage: { input: 25, output: 50, cached, thinking: 30 } },
  'thinking-redacted': { text: '42', usage },
  'thinking-not-shown': { text: '42', usage },
  'thinking-used-the-length': {
    thinking: 'Let me see',
    usage: { input: 25, output: 512, cached },
    end: ended(
      'length',
      'The model used the whole length limit for thinking, before any text. Raise maxTokens of the route, which thinking counts towards.',
    ),
  },

  'usage-cached': { text: 'Ok', usage: { input: 1110, output: 40, cached: 1000 } },
  'usage-cumulative': { text: 'Ok', usage: { input: 25, output: 12, cached } },
  'usage-unreadable': { text: 'Ok', usage: begun },

  'stop-sequence': { text: 'Ok', usage },
  length: { text: 'Once upon', usage, end: ended('length', 'The answer reached the length limit.') },
  'length-before-text': {
    usage: begun,
    end: ended('length', 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.'),
  },
  'context-window': {
    text: 'Ok',
    usage,
    end: ended('length', "The answer reached the end of the model's context window. Send /reset to go on."),
  },
  'refusal-explained': { usage, end: ended('refused', 'The model refused to answer: It asks for harm.') },
  'refusal-in-the-middle': {
    text: 'First you',
    usage,
    end: ended('refused', 'The model refused to answer. Word the question differently.'),
  },
  empty: {
    usage: { input: 25, output: 3, cached },
    end: ended('stop', 'The model ended its answer without writing any text.'),
  },
  'tool-use': { text: 'I look.', usage, end: tool },
  'pause-turn': { text: 'I look.', usage, end: tool },
  'stop-reason-unknown': {
    text: 'Ok',
    usage,
    end: ended('stop', 'Anthropic ended the answer with the reason "solar_flare".'),
  },

  'no-message-stop': { text: 'Ok', usage },
  'cut-off': { text: 'Ok', usage: begun, end: cutOff },
  'cut-off-before-text': { usage: begun, end: cutOff },
  'cut-within-a-character': { text: 'Ok', usage: begun, end: cutOff },

  'error-overloaded': { text: 'Ok', usage: begun, end: overloaded(' (Overloaded)') },
  'error-overloaded-at-once': { end: overloaded(' (Overloaded)') },
  'error-without-message': { text: 'Ok', usage: begun, end: overloaded('') },
  'error-of-the-server': {
    text: 'Ok',
    usage: begun,
    end: failed('server_error', 'The provider had an error of its own (Internal server error). Try again in a moment.'),
  },
  'error-of-a-gateway': {
    text: 'Ok',
    usage: begun,
    end: failed('rate_limited', 'Too many requests in a short time (Upstream limit). Try again in a moment.'),
  },
  garbage: { end: unreadable },
  'garbage-no-object': { text: 'Ok', usage: begun, end: unreadable },

  blank: {
    usage: { input: 25, output: 15 },
    end: ended('stop', 'The model ended its answer without writing any text.'),
  },
  'tool-use-with-end-turn': {
    usage: { input: 25, output: 15 },
    end: ended('stop', 'The model wanted to call a tool, and there is none.'),
  },
  'end-turn-then-refusal': {
    text: 'Once',
    usage: { input: 25, output: 15 },
    end: ended('refused', 'The model refused to answer. Word the question differently.'),
  },
})

test('an Anthropic reader ignores whatever follows the end', () => {
  const reader = new AnthropicReader()
  expect(reader.read({ event: 'message_stop', data: '{"type":"message_stop"}' })).toHaveLength(1)
  expect(reader.read({ data: '{"type":"content_block_delta","delta":{"text":"more"}}' })).toEqual([])
  expect(reader.finish()).toEqual([])
})
