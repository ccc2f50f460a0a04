import { expect, test } from 'vitest'
import { dataEvents, testStreams } from '../testing/stream-cases.ts'
import { openai } from './openai.ts'

const header = { id: 'chatcmpl-C9', object: 'chat.completion.chunk', created: 1760000000, model: 'gpt-4.1-mini' }
const piece = (delta: object, finish_reason: string | null = null) => ({
  ...header,
  choices: [{ index: 0, delta, logprobs: null, finish_reason }],
})
const usage = {
  prompt_tokens: 19,
  completion_tokens: 30,
  total_tokens: 49,
  prompt_tokens_details: { cached_tokens: 8, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 0 },
}
const counted = { input: 19, output: 30, cached: 8, thinking: 20 }
const stop = { kind: 'end', ending: 'stop' } as const

testStreams(openai, [
  {
    name: 'an answer of OpenAI with its usage in a last piece without choices',
    stream: dataEvents(
      { ...piece({ role: 'assistant', content: '', refusal: null }), usage: null },
      { ...piece({ content: 'Grüße' }), usage: null },
      { ...piece({ content: ' 🌍 你好' }), usage: null },
      { ...piece({}, 'stop'), usage: null },
      { ...header, choices: [], usage },
      '[DONE]',
    ),
    expected: { text: 'Grüße 🌍 你好', usage: counted, end: stop },
  },
  {
    name: 'an answer of Azure, which begins with a piece without choices',
    stream: dataEvents(
      { ...header, choices: [], prompt_filter_results: [] },
      piece({ content: 'Hi' }, 'stop'),
      '[DONE]',
    ),
    expected: { text: 'Hi', end: stop },
  },
  {
    name: 'an answer of a compatible server with comments, CRLF and usage on every piece',
    stream: [
      ': PROCESSING',
      '',
      `data: ${JSON.stringify({ ...piece({ content: 'A' }), usage: { prompt_tokens: 3, completion_tokens: 1 } })}`,
      '',
      `data: ${JSON.stringify({ ...piece({ content: 'B' }, 'stop'), usage: { prompt_tokens: 3, completion_tokens: 2 } })}`,
      '',
      'data: [DONE]',
      '',
      '',
    ].join('\r\n'),
    expected: { text: 'AB', usage: { input: 3, output: 2 }, end: stop },
  },
  {
    name: 'an answer that thinks first',
    stream: dataEvents(
      piece({ reasoning_content: 'Hm' }),
      piece({ reasoning: 'm.' }),
      piece({ content: 'Yes' }, 'stop'),
      '[DONE]',
    ),
    expected: { thinking: 'Hmm.', text: 'Yes', end: stop },
  },
  {
    name: 'a whole answer whose stream ends without [DONE]',
    stream: dataEvents(piece({ content: 'Hi' }), piece({}, 'stop')),
    expected: { text: 'Hi', end: stop },
  },
  {
    name: 'a whole answer without a finish reason',
    stream: dataEvents(piece({ content: 'Hi' }), '[DONE]'),
    expected: { text: 'Hi', end: stop },
  },
  {
    name: 'an answer that breaks off',
    stream: dataEvents(piece({ content: 'Hi' })),
    expected: {
      text: 'Hi',
      end: { kind: 'end', ending: 'interrupted', detail: 'The connection broke before the answer was whole.' },
    },
  },
  {
    name: 'an answer at the length limit',
    stream: dataEvents(piece({ content: 'Hi' }, 'length'), '[DONE]'),
    expected: { text: 'Hi', end: { kind: 'end', ending: 'length', detail: 'The answer reached the length limit.' } },
  },
  {
    name: 'an answer that spent its length on thinking',
    stream: dataEvents(piece({}, 'length'), { ...header, choices: [], usage }, '[DONE]'),
    expected: {
      usage: counted,
      end: {
        kind: 'end',
        ending: 'length',
        detail: 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.',
      },
    },
  },
  {
    name: 'an answer without any text',
    stream: dataEvents(piece({ content: null }), piece({}, 'stop'), '[DONE]'),
    expected: { end: { kind: 'end', ending: 'stop', detail: 'The model ended its answer without writing any text.' } },
  },
  {
    name: 'an answer stopped by the content filter',
    stream: dataEvents(piece({ content: 'Once' }), piece({}, 'content_filter'), '[DONE]'),
    expected: {
      text: 'Once',
      end: { kind: 'end', ending: 'filtered', detail: "The provider's content filter stopped the answer." },
    },
  },
  {
    name: 'a refusal',
    stream: dataEvents(piece({ refusal: "I can't " }), piece({ refusal: 'help.' }), piece({}, 'stop'), '[DONE]'),
    expected: {
      text: "I can't help.",
      end: { kind: 'end', ending: 'refused', detail: 'The model refused to answer.' },
    },
  },
  {
    name: 'an error in the middle',
    stream: `${dataEvents(piece({ content: 'Hi' }))}event: error\n${dataEvents({
      error: { message: 'The server had an error.', type: 'server_error', param: null, code: null },
    })}`,
    expected: {
      text: 'Hi',
      end: {
        kind: 'error',
        failure: {
          code: 'server_error',
          message: 'The provider had an error of its own (The server had an error). Try again in a moment.',
          retryable: true,
        },
      },
    },
  },
  {
    name: 'garbage',
    stream: dataEvents(piece({ content: 'Hi' }), '{"choices": [{"delta"'),
    expected: {
      text: 'Hi',
      end: {
        kind: 'error',
        failure: {
          code: 'broken_answer',
          message: 'The answer could not be read. Check that the address of the route belongs to an API of this kind.',
          retryable: false,
        },
      },
    },
  },
  {
    name: 'JSON that is no piece',
    stream: dataEvents({ choices: 'none' }),
    expected: { end: { kind: 'error', failure: expect.objectContaining({ code: 'broken_answer' }) } },
  },
])

test('an OpenAI reader ignores whatever follows the end', () => {
  const reader = openai.createReader()
  expect(reader.read({ data: '[DONE]' })).toHaveLength(1)
  expect(reader.read({ data: JSON.stringify(piece({ content: 'more' })) })).toEqual([])
  expect(reader.read({ data: '[DONE]' })).toEqual([])
  expect(reader.finish()).toEqual([])
})
