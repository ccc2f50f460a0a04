import { describe, expect, test } from 'vitest'
import { dataEvents, readChunks, testStreams } from '../testing/stream-cases.ts'
import { gemini } from './gemini.ts'

const piece = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  usageMetadata: { promptTokenCount: 12, candidatesTokenCount: parts.length, totalTokenCount: 12 + parts.length },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'abc',
})
const finish = { finishReason: 'STOP' }

testStreams(gemini, [
  {
    name: 'an answer whose last piece carries the finish reason, framed with CRLF',
    stream: dataEvents(piece([{ text: 'Grüße' }]), piece([{ text: ' 🌍' }, { text: ' 你好' }], finish)).replaceAll(
      '\n',
      '\r\n',
    ),
    expected: { text: 'Grüße 🌍 你好', usage: { input: 12, output: 2 } },
  },
  {
    name: 'an answer with a comment between its pieces',
    stream: `${dataEvents(piece([{ text: 'A' }]))}: keep-alive\n\n${dataEvents(piece([{ text: 'B' }], finish))}`,
    expected: { text: 'AB', usage: { input: 12, output: 1 } },
  },
  {
    name: 'an answer with thoughts, which are not counted as candidates',
    stream: dataEvents(piece([{ text: 'Hm. ', thought: true }, { text: 'Yes' }]), {
      ...piece([{ text: '.' }], finish),
      usageMetadata: {
        promptTokenCount: 12,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 40,
        cachedContentTokenCount: 4,
        totalTokenCount: 57,
      },
    }),
    expected: { thinking: 'Hm. ', text: 'Yes.', usage: { input: 12, output: 45, thinking: 40, cached: 4 } },
  },
  {
    name: 'an answer whose counts come after its finish reason',
    stream: dataEvents(piece([{ text: 'Yes' }], finish), {
      usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 9 },
    }),
    expected: { text: 'Yes', usage: { input: 12, output: 9 } },
  },
  {
    name: 'pieces without candidates, content or parts',
    stream: dataEvents(
      {},
      { candidates: [] },
      { candidates: [{ index: 0 }] },
      { candidates: [{ content: { role: 'model' } }] },
      piece([{ text: 'Ok' }], finish),
    ),
    expected: { text: 'Ok', usage: { input: 12, output: 1 } },
  },
  {
    name: 'a blocked question',
    stream: dataEvents({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 },
    }),
    expected: {
      usage: { input: 7, output: 0 },
      end: {
        kind: 'end',
        ending: 'filtered',
        detail: 'Gemini did not take the question: blocked by its content filter (PROHIBITED_CONTENT).',
      },
    },
  },
  {
    name: 'an answer that spent its length on thoughts',
    stream: dataEvents({
      candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 }],
      usageMetadata: { promptTokenCount: 12, thoughtsTokenCount: 97, totalTokenCount: 109 },
    }),
    expected: {
      usage: { input: 12, output: 97, thinking: 97 },
      end: {
        kind: 'end',
        ending: 'length',
        detail: 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.',
      },
    },
  },
  {
    name: 'an answer that breaks off',
    stream: dataEvents(piece([{ text: 'Ok' }])),
    expected: {
      text: 'Ok',
      usage: { input: 12, output: 1 },
      end: { kind: 'end', ending: 'interrupted', detail: 'The connection broke before the answer was whole.' },
    },
  },
  {
    name: 'an error frame in the middle',
    stream: dataEvents(piece([{ text: 'Ok' }]), {
      error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' },
    }),
    expected: {
      text: 'Ok',
      usage: { input: 12, output: 1 },
      end: {
        kind: 'error',
        failure: {
          code: 'overloaded',
          message: 'The provider is overloaded (The model is overloaded). Try again in a moment.',
          retryable: true,
        },
      },
    },
  },
  {
    name: 'garbage',
    stream: dataEvents('[{'),
    expected: { end: { kind: 'error', failure: expect.objectContaining({ code: 'broken_answer', retryable: false }) } },
  },
])

describe('Gemini ends an answer', () => {
  const withoutText = [
    'SAFETY',
    'RECITATION',
    'LANGUAGE',
    'BLOCKLIST',
    'PROHIBITED_CONTENT',
    'SPII',
    'MALFORMED_FUNCTION_CALL',
    'OTHER',
    'IMAGE_SAFETY',
  ]
  test.each(withoutText)('with %s as filtered, saying why', async finishReason => {
    const stream = dataEvents({ candidates: [{ finishReason, index: 0 }] })
    const { end } = await readChunks(gemini, [new TextEncoder().encode(stream)])
    expect(end).toEqual({
      kind: 'end',
      ending: 'filtered',
      detail: expect.stringMatching(/^Gemini stopped the answer: .{8,}\.$/),
    })
  })
})
