import { expect, test } from 'vitest'
import { testStreams, typedEvents } from '../testing/stream-cases.ts'
import { anthropic } from './anthropic.ts'

const start = (usage: object) => ({
  type: 'message_start',
  message: {
    id: 'msg_01',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5-5',
    content: [],
    stop_reason: null,
    usage,
  },
})
const blockStart = (content_block: object, index = 0) => ({ type: 'content_block_start', index, content_block })
const delta = (value: object, index = 0) => ({ type: 'content_block_delta', index, delta: value })
const text = (value: string, index = 0) => delta({ type: 'text_delta', text: value }, index)
const blockStop = (index = 0) => ({ type: 'content_block_stop', index })
const messageDelta = (stop_reason: string, usage: object = { output_tokens: 15 }, more: object = {}) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null, ...more },
  usage,
})
const ping = { type: 'ping' }
const stop = { type: 'message_stop' }
const begin = start({ input_tokens: 25, output_tokens: 1 })

const answer = (...events: readonly { readonly type: string }[]): string =>
  typedEvents(begin, blockStart({ type: 'text', text: '' }), ...events)
const usage = { input: 25, output: 15 }

testStreams(anthropic, [
  {
    name: 'an answer with pings',
    stream: answer(ping, text('Grüße'), ping, text(' 🌍'), blockStop(), messageDelta('end_turn'), stop),
    expected: { text: 'Grüße 🌍', usage },
  },
  {
    name: 'an answer whose counts are cumulative, with cached input and thinking',
    stream: typedEvents(
      start({ input_tokens: 10, cache_creation_input_tokens: 100, cache_read_input_tokens: 1000, output_tokens: 2 }),
      blockStart({ type: 'thinking', thinking: '', signature: '' }),
      delta({ type: 'thinking_delta', thinking: 'Let me see.' }),
      delta({ type: 'signature_delta', signature: 'EqQBCgIYAhIM' }),
      blockStop(),
      blockStart({ type: 'text', text: '' }, 1),
      text('42', 1),
      blockStop(1),
      messageDelta('end_turn', {
        input_tokens: null,
        output_tokens: 40,
        output_tokens_details: { thinking_tokens: 30 },
      }),
      messageDelta('end_turn', { output_tokens: 50, output_tokens_details: { thinking_tokens: 30 } }),
      stop,
    ),
    expected: { thinking: 'Let me see.', text: '42', usage: { input: 1110, output: 50, cached: 1000, thinking: 30 } },
  },
  {
    name: 'an answer that starts twice',
    stream: typedEvents(
      begin,
      begin,
      blockStart({ type: 'text', text: 'O' }),
      text('k'),
      blockStop(),
      messageDelta('end_turn'),
      stop,
    ),
    expected: { text: 'Ok', usage },
  },
  {
    name: 'an answer with events and deltas of kinds not known yet',
    stream: answer(
      { type: 'weather_report' },
      delta({ type: 'hologram_delta', shape: 'cube' }),
      text('Ok'),
      messageDelta('end_turn'),
      stop,
    ),
    expected: { text: 'Ok', usage },
  },
  {
    name: 'an answer that ends at a stop sequence',
    stream: answer(text('Ok'), messageDelta('stop_sequence'), stop),
    expected: { text: 'Ok', usage },
  },
  {
    name: 'an answer at the length limit',
    stream: answer(text('Ok'), messageDelta('max_tokens'), stop),
    expected: {
      text: 'Ok',
      usage,
      end: { kind: 'end', ending: 'length', detail: 'The answer reached the length limit.' },
    },
  },
  {
    name: 'an answer at the end of the context window',
    stream: answer(text('Ok'), messageDelta('model_context_window_exceeded'), stop),
    expected: {
      text: 'Ok',
      usage,
      end: { kind: 'end', ending: 'length', detail: "The answer reached the end of the model's context window." },
    },
  },
  {
    name: 'a refusal with its explanation',
    stream: typedEvents(
      begin,
      messageDelta(
        'refusal',
        { output_tokens: 15 },
        { stop_details: { type: 'refusal', explanation: 'It is harmful.' } },
      ),
      stop,
    ),
    expected: { usage, end: { kind: 'end', ending: 'refused', detail: 'The model refused to answer: It is harmful.' } },
  },
  {
    name: 'an empty answer',
    stream: typedEvents(begin, messageDelta('end_turn'), stop),
    expected: {
      usage,
      end: { kind: 'end', ending: 'stop', detail: 'The model ended its answer without writing any text.' },
    },
  },
  {
    name: 'an answer that breaks off',
    stream: answer(text('Ok')),
    expected: {
      text: 'Ok',
      usage: { input: 25, output: 1 },
      end: { kind: 'end', ending: 'interrupted', detail: 'The connection broke before the answer was whole.' },
    },
  },
  {
    name: 'an overload in the middle',
    stream: answer(
      text('Ok'),
      Object.assign({ type: 'error' }, { error: { type: 'overloaded_error', message: 'Overloaded' } }),
    ),
    expected: {
      text: 'Ok',
      usage: { input: 25, output: 1 },
      end: {
        kind: 'error',
        failure: {
          code: 'overloaded',
          message: 'The provider is overloaded (Overloaded). Try again in a moment.',
          retryable: true,
        },
      },
    },
  },
  {
    name: 'garbage',
    stream: 'event: content_block_delta\ndata: {"type":\n\n',
    expected: { end: { kind: 'error', failure: expect.objectContaining({ code: 'broken_answer', retryable: false }) } },
  },
])

test('an Anthropic reader ignores whatever follows the end', () => {
  const reader = anthropic.createReader()
  expect(reader.read({ event: 'message_stop', data: '{"type":"message_stop"}' })).toHaveLength(1)
  expect(reader.read({ data: JSON.stringify(text('more')) })).toEqual([])
  expect(reader.finish()).toEqual([])
})
