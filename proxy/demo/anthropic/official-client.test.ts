/** The official `@anthropic-ai/sdk` client is the judge of the demonstration provider. */
import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import { DEMO_KEYS } from '../../../config/demo.ts'
import { collect, rejection, useDemo } from '../testing/demo.ts'

const demo = useDemo()
/** The client adds `/v1` itself. */
const client = (apiKey: string = DEMO_KEYS.anthropic, headers: Record<string, string> = {}) =>
  new Anthropic({
    apiKey,
    baseURL: demo.provider.baseUrls.anthropic.replace(/\/v1$/, ''),
    maxRetries: 0,
    defaultHeaders: headers,
  })
const asking = (content: string, more: object = {}) => ({
  model: 'claude-haiku-4-5',
  max_tokens: 1000,
  system: 'You are a chess teacher.',
  messages: [{ role: 'user', content }] satisfies Anthropic.MessageParam[],
  ...more,
})
const older = { 'anthropic-version': '2023-06-01' }

test('the client reads a whole answer', async () => {
  const { content, ...message } = await client().messages.create(asking('How does the knight move?'))
  expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn', stop_details: null })
  expect(content).toEqual([
    { type: 'text', citations: null, text: expect.stringContaining('How does the knight move?') },
  ])
})

test('the client reads a stream event by event', async () => {
  const events = await collect(await client().messages.create({ ...asking('Hi'), stream: true }))
  const types = events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])
  expect(types).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
})

test('the client reads what the API does now and then, in bytes however they come', async () => {
  const asked = asking('Grüße [[oddities]] [[comments]] [[split 7]]')
  const events = await collect(await client().messages.create({ ...asked, stream: true }))
  expect(events.filter(({ type }) => type === 'message_start')).toHaveLength(2)
  expect(JSON.stringify(events)).toContain('Grüße')
})

test('the stream helper of the client builds thinking and text, with cumulative usage', async () => {
  const { content, usage } = await client().messages.stream(asking('[[thinking]]')).finalMessage()
  expect(content.map(({ type }) => type)).toEqual(['thinking', 'text'])
  expect(usage.output_tokens).toBeGreaterThan(usage.output_tokens_details?.thinking_tokens ?? 0)
})

test.each([
  [
    '[[refuse]]',
    { stop_reason: 'refusal', content: [], stop_details: { type: 'refusal', explanation: expect.any(String) } },
  ],
  ['[[length]]', { stop_reason: 'max_tokens' }],
  ['[[empty]]', { stop_reason: 'end_turn', content: [] }],
])('%s ends the answer as the API does', async (word, message) => {
  expect(await client().messages.create(asking(word))).toMatchObject(message)
})

test.each([
  ['a wrong key', Anthropic.AuthenticationError, { status: 401, type: 'authentication_error' }, 'Hi', {}],
  [
    'an unknown model',
    Anthropic.NotFoundError,
    { status: 404, type: 'not_found_error' },
    'Hi',
    { model: 'no-such-model' },
  ],
  ['a rate limit', Anthropic.RateLimitError, { status: 429, type: 'rate_limit_error' }, '[[error 429]]', {}],
  [
    'a spend limit',
    Anthropic.RateLimitError,
    { status: 429, errorCode: 'enforced_spend_limit_reached' },
    '[[quota]]',
    {},
  ],
  ['an error of the server', Anthropic.InternalServerError, { status: 500, type: 'api_error' }, '[[error 500]]', {}],
  ['an overload', Anthropic.OverloadedError, { status: 529, type: 'overloaded_error' }, '[[error 529]]', {}],
])('the client raises its own error for %s', async (what, type, fields, word, more) => {
  const key = what === 'a wrong key' ? 'sk-ant-wrong-0123456789' : undefined
  const error = await rejection(client(key).messages.create(asking(word, more)))
  expect(error).toBeInstanceOf(type)
  expect(error).toMatchObject(fields)
})

describe('the API refuses', () => {
  const user = { role: 'user', content: 'x' }
  const assistant = { role: 'assistant', content: 'y' }
  test.each([
    ['an unknown field', { colour: 'red' }, {}, 'colour: Extra inputs are not permitted'],
    ['no limit', { max_tokens: undefined }, {}, 'max_tokens: Field required'],
    ['a wrong type', { max_tokens: 'many' }, {}, 'max_tokens: Input should be a valid'],
    ['a system message', { messages: [{ role: 'system', content: 'x' }] }, {}, 'top-level `system` parameter'],
    ['an assistant who begins', { messages: [assistant, user] }, {}, 'first message must use the "user" role'],
    ['an assistant who is last', { messages: [user, assistant] }, {}, 'must end with a user message'],
    ['an empty text', { messages: [{ role: 'user', content: ' ' }] }, {}, 'non-whitespace'],
    ['no messages', { messages: [] }, {}, 'at least one message'],
    ['temperature in the current version', { temperature: 1 }, {}, 'temperature: Extra inputs are not permitted'],
    ['top_p in the current version', { top_p: 1 }, {}, 'top_p: Extra inputs are not permitted'],
    ['top_k in the current version', { top_k: 5 }, {}, 'top_k: Extra inputs are not permitted'],
    [
      'temperature on a new model',
      { model: 'claude-opus-4-7', temperature: 1 },
      older,
      '`temperature` is deprecated for this model.',
    ],
    ['temperature and top_p', { temperature: 1, top_p: 1 }, older, 'cannot both be specified'],
    ['a temperature above 1', { temperature: 1.1 }, older, 'temperature: range: 0..1'],
    ['an unknown version', {}, { 'anthropic-version': '2020-01-01' }, 'is not a valid version'],
  ])('%s', async (_, more, headers, message) => {
    const error = await rejection(client(undefined, headers).messages.create(asking('Hi', more)))
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error).toMatchObject({ type: 'invalid_request_error', apiMessage: expect.stringContaining(message) })
  })
})

test('the older version takes a temperature on a model that has one', async () => {
  const answer = await client(undefined, older).messages.create(asking('Hi', { temperature: 0.5 }))
  expect(answer.stop_reason).toBe('end_turn')
})

test('the client raises an error in the middle of a stream', async () => {
  const stream = await client().messages.create({ ...asking('[[midstream-error]]'), stream: true })
  expect(await rejection(collect(stream))).toMatchObject({ type: 'overloaded_error' })
})
