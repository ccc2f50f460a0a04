/** The official `openai` client is the judge of the demonstration provider. */
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { DEMO_KEYS } from '../../../config/demo.ts'
import { collect, rejection, useDemo } from '../testing/demo.ts'

const demo = useDemo()
const client = (apiKey: string = DEMO_KEYS.openai) =>
  new OpenAI({ apiKey, baseURL: demo.provider.baseUrls.openai, maxRetries: 0 })
const asking = (content: string, more: object = {}) => ({
  model: 'gpt-4.1-mini',
  messages: [
    { role: 'system', content: 'You are a chess teacher.' },
    { role: 'user', content },
  ] satisfies OpenAI.ChatCompletionMessageParam[],
  ...more,
})

test('the client reads a whole answer', async () => {
  const answer = await client().chat.completions.create(asking('How does the knight move?'))
  expect(answer.object).toBe('chat.completion')
  expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', refusal: null } })
  expect(answer.choices[0]?.message.content).toContain('How does the knight move?')
  expect(answer.usage?.total_tokens).toBe((answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0))
})

test('the client reads a stream: role, pieces, ending, usage in a piece without choices', async () => {
  const options = { stream: true, stream_options: { include_usage: true } } as const
  const pieces = await collect(await client().chat.completions.create({ ...asking('Hi'), ...options }))
  expect(pieces[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null })
  expect(pieces.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toContain('You are a chess teacher.')
  expect(pieces.at(-2)?.choices[0]?.finish_reason).toBe('stop')
  expect(pieces.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } })
  expect(pieces.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
  expect(new Set(pieces.map(({ id }) => id)).size).toBe(1)
})

test('the client reads what the API does now and then, in bytes however they come', async () => {
  const asked = { ...asking('Grüße [[oddities]] [[comments]] [[split 7]]'), stream: true } as const
  const pieces = await collect(await client().chat.completions.create(asked))
  expect(pieces[0]?.choices).toEqual([])
  expect(pieces.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toContain('> Grüße')
})

test('the stream helper of the client builds the same message', async () => {
  const message = await client().chat.completions.stream(asking('Hi')).finalMessage()
  expect(message.content).toContain('> Hi')
})

test.each([
  ['[[refuse]]', { finish_reason: 'stop', message: { content: null, refusal: expect.stringContaining("can't help") } }],
  ['[[safety]]', { finish_reason: 'content_filter' }],
  ['[[length]]', { finish_reason: 'length' }],
  ['[[empty]]', { finish_reason: 'stop', message: { content: '' } }],
])('%s ends the answer as the API does', async (word, choice) => {
  expect((await client().chat.completions.create(asking(word))).choices[0]).toMatchObject(choice)
})

test.each([
  ['a wrong key', OpenAI.AuthenticationError, { status: 401, code: 'invalid_api_key' }, 'Hi', {}],
  [
    'an unknown model',
    OpenAI.NotFoundError,
    { status: 404, code: 'model_not_found' },
    'Hi',
    { model: 'no-such-model' },
  ],
  ['a rate limit', OpenAI.RateLimitError, { status: 429, code: 'rate_limit_exceeded' }, '[[error 429]]', {}],
  ['a used-up quota', OpenAI.RateLimitError, { status: 429, code: 'insufficient_quota' }, '[[quota]]', {}],
  ['an error of the server', OpenAI.InternalServerError, { status: 500 }, '[[error 500]]', {}],
  ['an overload', OpenAI.InternalServerError, { status: 503 }, '[[error 529]]', {}],
])('the client raises its own error for %s', async (what, type, fields, word, more) => {
  const key = what === 'a wrong key' ? 'sk-wrong-0123456789' : undefined
  const error = await rejection(client(key).chat.completions.create(asking(word, more)))
  expect(error).toBeInstanceOf(type)
  expect(error).toMatchObject(fields)
})

describe('the API refuses', () => {
  test.each([
    ['an unknown field', { colour: 'red' }, 'unknown_parameter'],
    ['a wrong type', { temperature: 'warm' }, 'invalid_type'],
    ['a value out of range', { temperature: 3 }, 'invalid_value'],
    ['no messages', { messages: [] }, 'invalid_value'],
    ['a missing field', { messages: undefined }, 'missing_required_parameter'],
    ['an unknown role', { messages: [{ role: 'wizard', content: 'x' }] }, 'invalid_value'],
    ['max_tokens on a reasoning model', { model: 'o3-mini', max_tokens: 5 }, 'unsupported_parameter'],
    ['a temperature on a reasoning model', { model: 'gpt-5', temperature: 0.5 }, 'unsupported_value'],
    ['top_p on a reasoning model', { model: 'gpt-5', top_p: 0.5 }, 'unsupported_parameter'],
    ['both limits', { max_tokens: 5, max_completion_tokens: 5 }, 'unsupported_parameter'],
    ['stream options without a stream', { stream_options: { include_usage: true } }, 'unsupported_parameter'],
  ])('%s', async (_, more, code) => {
    const error = await rejection(client().chat.completions.create(asking('Hi', more)))
    expect(error).toBeInstanceOf(OpenAI.BadRequestError)
    expect(error).toMatchObject({ code, type: 'invalid_request_error' })
  })
})

test('the client raises an error in the middle of a stream', async () => {
  const stream = await client().chat.completions.create({ ...asking('[[midstream-error]]'), stream: true })
  expect(await rejection(collect(stream))).toBeInstanceOf(OpenAI.APIError)
})

test('the client retries by the header retry-after-ms', async () => {
  const patient = new OpenAI({ apiKey: DEMO_KEYS.openai, baseURL: demo.provider.baseUrls.openai, maxRetries: 1 })
  const answer = await patient.chat.completions.create(asking('[[fail-once 429]]'))
  expect(answer.choices[0]?.finish_reason).toBe('stop')
  expect(demo.calls.map(({ status }) => status)).toEqual([429, 200])
})

test('leaving the stream is seen as closed early', async () => {
  for await (const _ of await client().chat.completions.create({ ...asking('[[slow]] [[long 5000]]'), stream: true }))
    break
  expect(await demo.calls[0]?.outcome).toBe('closed-early')
})
