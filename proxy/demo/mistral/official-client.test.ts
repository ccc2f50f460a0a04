/** The official `@mistralai/mistralai` client is the judge of the demonstration provider. */
import { Mistral } from '@mistralai/mistralai'
import { HTTPValidationError, MistralError } from '@mistralai/mistralai/models/errors'
import { describe, expect, test } from 'vitest'
import { DEMO_KEYS } from '../../../config/demo.ts'
import { collect, rejection, useDemo } from '../testing/demo.ts'

const demo = useDemo()
/** The client adds `/v1` itself. */
const client = (apiKey: string = DEMO_KEYS.mistral) =>
  new Mistral({ apiKey, serverURL: demo.provider.baseUrls.mistral.replace(/\/v1$/, '') })
const asking = (content: string, more: object = {}) => ({
  model: 'mistral-small-latest',
  messages: [
    { role: 'system' as const, content: 'You are a chess teacher.' },
    { role: 'user' as const, content },
  ],
  ...more,
})

test('the client reads a whole answer', async () => {
  const { choices, usage } = await client().chat.complete(asking('How does the knight move?'))
  expect(choices[0]).toMatchObject({
    finishReason: 'stop',
    message: { role: 'assistant', content: expect.stringContaining('How does the knight move?') },
  })
  expect(usage.totalTokens).toBe((usage.promptTokens ?? 0) + (usage.completionTokens ?? 0))
})

test('the client reads a stream, whose last piece has the ending and the usage', async () => {
  const pieces = (await collect(await client().chat.stream(asking('Hi')))).map(({ data }) => data)
  expect(pieces.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toContain('You are a chess teacher.')
  expect(pieces.at(-1)).toMatchObject({
    choices: [{ finishReason: 'stop' }],
    usage: { completionTokens: expect.any(Number) },
  })
  expect(pieces.slice(0, -1).every(({ usage }) => usage === undefined)).toBe(true)
})

test('the client reads what the API does now and then, in bytes however they come', async () => {
  const asked = asking('Grüße [[oddities]] [[comments]] [[split 7]]')
  const pieces = (await collect(await client().chat.stream(asked))).map(({ data }) => data)
  expect(pieces[0]?.choices).toEqual([])
  expect(pieces.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toContain('> Grüße')
})

test('the client reads thinking as content parts', async () => {
  const pieces = (await collect(await client().chat.stream(asking('[[thinking]]')))).map(({ data }) => data)
  const contents = pieces.map(({ choices }) => choices[0]?.delta.content)
  expect(contents.find(Array.isArray)).toEqual([{ type: 'thinking', thinking: [{ type: 'text', text: 'The ' }] }])
})

test.each([
  ['[[length]]', { finishReason: 'length' }],
  ['[[empty]]', { finishReason: 'stop', message: { content: '' } }],
])('%s ends the answer as the API does', async (word, choice) => {
  expect((await client().chat.complete(asking(word))).choices[0]).toMatchObject(choice)
})

test.each([
  ['a wrong key', 401, 'Unauthorized', 'Hi', {}],
  ['an unknown model', 400, 'Invalid model: no-such-model', 'Hi', { model: 'no-such-model' }],
  ['a rate limit', 429, 'Rate limit exceeded', '[[error 429]]', {}],
  ['used-up credit', 402, 'no credit', '[[quota]]', {}],
  ['an error of the server', 500, 'Internal server error', '[[error 500]]', {}],
  ['an overload', 503, 'Service unavailable', '[[error 529]]', {}],
])('the client raises its own error for %s', async (what, statusCode, body, word, more) => {
  const error = await rejection(
    client(what === 'a wrong key' ? 'wrong-0123456789' : undefined).chat.complete(asking(word, more)),
  )
  expect(error).toBeInstanceOf(MistralError)
  expect(error).toMatchObject({ statusCode, body: expect.stringContaining(body) })
})

describe('the API refuses', () => {
  /** The client drops fields it does not know, so these are sent without it. */
  const post = async (body: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${DEMO_KEYS.mistral}` }
    const url = `${demo.provider.baseUrls.mistral}/chat/completions`
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ ...asking('Hi'), ...body }) })
    return { status: answer.status, body: await answer.text() }
  }
  test.each([
    ['an unknown field', { stream_options: { include_usage: true } }, 422, 'Extra inputs are not permitted'],
    ['a name in camel case', { maxTokens: 5 }, 422, 'Extra inputs are not permitted'],
    ['a wrong type', { max_tokens: 'many' }, 422, 'Input should be a valid'],
    ['a temperature out of range', { temperature: 1.6 }, 422, 'less than or equal to 1.5'],
    ['a missing field', { model: undefined }, 422, 'Field required'],
    [
      'an assistant who is last',
      { messages: [{ role: 'assistant', content: 'x' }] },
      400,
      'Expected last role User or Tool',
    ],
    ['a system message that is last', { messages: [{ role: 'system', content: 'x' }] }, 400, 'but got system'],
    [
      'a system message behind others',
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'system', content: 'x' },
          { role: 'user', content: 'x' },
        ],
      },
      400,
      "after role 'user'",
    ],
  ])('%s', async (_, body, status, message) => {
    expect(await post(body)).toEqual({ status, body: expect.stringContaining(message) })
  })
})

test('the client raises its own error for a field out of range', async () => {
  expect(await rejection(client().chat.complete(asking('Hi', { temperature: 1.6 })))).toBeInstanceOf(
    HTTPValidationError,
  )
})

test('the client raises an error in the middle of a stream', async () => {
  const stream = await client().chat.stream(asking('[[midstream-error]]'))
  expect(await rejection(collect(stream))).toBeInstanceOf(Error)
})
