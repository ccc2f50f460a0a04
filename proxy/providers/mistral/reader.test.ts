import { expect } from 'vitest'
import { dataEvents, testStreams } from '../testing/stream-cases.ts'
import { mistral } from './mistral.ts'

const header = { id: 'cmpl-e5', object: 'chat.completion.chunk', created: 1760000000, model: 'mistral-small-latest' }
const piece = (content: unknown, finish_reason: string | null = null) => ({
  ...header,
  choices: [{ index: 0, delta: { content }, finish_reason }],
})
const usage = { prompt_tokens: 11, total_tokens: 20, completion_tokens: 9 }
const counted = { input: 11, output: 9 }
const last = (finish_reason: string) => ({ ...piece('', finish_reason), usage })
const thought = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })

testStreams(mistral, [
  {
    name: 'an answer with its usage on the piece that ends it',
    stream: dataEvents(
      { ...header, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
      piece('Grüße'),
      piece(' 🌍'),
      last('stop'),
      '[DONE]',
    ),
    expected: { text: 'Grüße 🌍', usage: counted },
  },
  {
    name: 'an answer that thinks in content parts',
    stream: dataEvents(
      piece([thought('Hm')]),
      piece([thought('m.'), { type: 'text', text: 'Yes' }, { type: 'reference', reference_ids: [1] }]),
      last('stop'),
      '[DONE]',
    ),
    expected: { thinking: 'Hmm.', text: 'Yes', usage: counted },
  },
  {
    name: 'a whole answer whose stream ends without [DONE]',
    stream: dataEvents(piece('Ok'), last('stop')),
    expected: { text: 'Ok', usage: counted },
  },
  {
    name: 'an answer at the length limit',
    stream: dataEvents(piece('Ok'), last('length'), '[DONE]'),
    expected: {
      text: 'Ok',
      usage: counted,
      end: { kind: 'end', ending: 'length', detail: 'The answer reached the length limit.' },
    },
  },
  {
    name: 'an answer at the limit of the model',
    stream: dataEvents(piece('Ok'), last('model_length'), '[DONE]'),
    expected: {
      text: 'Ok',
      usage: counted,
      end: { kind: 'end', ending: 'length', detail: 'The answer reached the length limit.' },
    },
  },
  {
    name: 'an answer that ends in an error',
    stream: dataEvents(piece('Ok'), last('error'), '[DONE]'),
    expected: {
      text: 'Ok',
      usage: counted,
      end: { kind: 'error', failure: expect.objectContaining({ code: 'server_error', retryable: true }) },
    },
  },
  {
    name: 'an empty answer, and pieces without choices',
    stream: dataEvents({ ...header, choices: [] }, last('stop'), '[DONE]'),
    expected: {
      usage: counted,
      end: { kind: 'end', ending: 'stop', detail: 'The model ended its answer without writing any text.' },
    },
  },
  {
    name: 'an answer that breaks off',
    stream: dataEvents(piece('Ok')),
    expected: {
      text: 'Ok',
      end: { kind: 'end', ending: 'interrupted', detail: 'The connection broke before the answer was whole.' },
    },
  },
  {
    name: 'an error frame in the middle',
    stream: dataEvents(piece('Ok'), {
      object: 'error',
      message: 'Internal server error',
      type: 'internal_server_error',
      param: null,
      code: '3000',
    }),
    expected: {
      text: 'Ok',
      end: {
        kind: 'error',
        failure: {
          code: 'server_error',
          message: 'The provider had an error of its own (Internal server error). Try again in a moment.',
          retryable: true,
        },
      },
    },
  },
  {
    name: 'garbage',
    stream: dataEvents('<html>'),
    expected: { end: { kind: 'error', failure: expect.objectContaining({ code: 'broken_answer', retryable: false }) } },
  },
])
