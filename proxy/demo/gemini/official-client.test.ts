/** The official `@google/generative-ai` client is the judge of the demonstration provider. */
import type { ModelParams } from '@google/generative-ai'
import {
  GoogleGenerativeAI,
  GoogleGenerativeAIFetchError,
  GoogleGenerativeAIResponseError,
} from '@google/generative-ai'
import { describe, expect, test } from 'vitest'
import { DEMO_KEYS } from '../../../config/demo.ts'
import { collect, rejection, useDemo } from '../testing/demo.ts'

const demo = useDemo()
const model = (params: Partial<ModelParams> = {}, key: string = DEMO_KEYS.gemini) => {
  const baseUrl = demo.provider.baseUrls.gemini.replace(/\/v1beta$/, '')
  const settings = { model: 'gemini-2.5-flash', systemInstruction: 'You are a chess teacher.', ...params }
  return new GoogleGenerativeAI(key).getGenerativeModel(settings, { baseUrl, apiVersion: 'v1beta' })
}

test('the client reads a whole answer', async () => {
  const { response } = await model().generateContent('How does the knight move?')
  expect(response.text()).toContain('How does the knight move?')
  expect(response.text()).toContain('You are a chess teacher.')
  expect(response.candidates?.[0]?.finishReason).toBe('STOP')
  expect(response.usageMetadata?.totalTokenCount).toBeGreaterThan(20)
})

test('the client reads a stream, whose last piece has the finish reason', async () => {
  const { stream, response } = await model().generateContentStream('Hi')
  const pieces = await collect(stream)
  expect(pieces.map(piece => piece.text()).join('')).toContain('> Hi')
  expect(pieces.map(piece => piece.candidates?.[0]?.finishReason).filter(Boolean)).toEqual(['STOP'])
  expect((await response).usageMetadata).toEqual(pieces.at(-1)?.usageMetadata)
})

test('the client reads what the API does now and then, in bytes however they come', async () => {
  const { stream } = await model().generateContentStream('Grüße [[oddities]] [[split 7]]')
  const pieces = await collect(stream)
  expect(pieces[0]?.candidates).toEqual([])
  expect(pieces.some(({ candidates }) => candidates?.[0]?.content?.parts?.length === 2)).toBe(true)
  expect(pieces.map(piece => piece.text()).join('')).toContain('> Grüße')
})

test('the client holds a conversation', async () => {
  const chat = model().startChat({
    history: [
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts: [{ text: 'Hello' }] },
    ],
  })
  expect((await chat.sendMessage('And now?')).response.text()).toContain('2 turns')
})

test('a blocked question has no candidates, and the client says so', async () => {
  const { response } = await model().generateContent('[[refuse]]')
  expect(response.candidates).toBeUndefined()
  expect(response.promptFeedback?.blockReason).toBe('SAFETY')
  expect(() => response.text()).toThrow(GoogleGenerativeAIResponseError)
})

test.each([
  ['[[safety]]', 'SAFETY'],
  ['[[length]]', 'MAX_TOKENS'],
  ['[[empty]]', 'STOP'],
])('%s ends the answer as the API does', async (word, reason) => {
  const { response } = await model().generateContent(word)
  expect(response.candidates?.[0]?.finishReason).toBe(reason)
})

test.each([
  ['a wrong key', 400, 'API key not valid', 'Hi', {}],
  ['an unknown model', 404, 'is not found for API version v1beta', 'Hi', { model: 'no-such-model' }],
  ['a rate limit', 429, 'exceeded your current quota', '[[error 429]]', {}],
  ['a used-up quota', 429, 'exceeded your current quota', '[[quota]]', {}],
  ['an error of the server', 500, 'internal error', '[[error 500]]', {}],
  ['an overload', 503, 'overloaded', '[[error 529]]', {}],
])('the client raises its own error for %s', async (what, status, message, word, params) => {
  const error = await rejection(model(params, what === 'a wrong key' ? 'AIza-wrong' : undefined).generateContent(word))
  expect(error).toBeInstanceOf(GoogleGenerativeAIFetchError)
  expect(error).toMatchObject({ status, message: expect.stringContaining(message) })
})

test('a quota of the minute says how long to wait', async () => {
  const error = await rejection(model().generateContent('[[error 429]]'))
  expect(error).toMatchObject({
    errorDetails: expect.arrayContaining([expect.objectContaining({ retryDelay: '0.9s' })]),
  })
})

describe('the API refuses', () => {
  const user = { role: 'user', parts: [{ text: 'x' }] }
  const answered = { role: 'model', parts: [{ text: 'y' }] }
  const post = async (body: unknown, path = 'gemini-2.5-flash:streamGenerateContent?alt=sse') => {
    const headers = { 'content-type': 'application/json', 'x-goog-api-key': DEMO_KEYS.gemini }
    const answer = await fetch(`${demo.provider.baseUrls.gemini}/models/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.text() }
  }
  test.each([
    ['an unknown field', { contents: [user], colour: 'red' }, 'Unknown name'],
    ['an unknown setting', { contents: [user], generationConfig: { max_tokens: 5 } }, 'Unknown name'],
    ['a wrong type', { contents: [user], generationConfig: { temperature: 'warm' } }, 'Invalid value at'],
    ['a temperature out of range', { contents: [user], generationConfig: { temperature: 3 } }, 'must be in the range'],
    ['no contents', {}, 'contents is not specified'],
    [
      'a role it does not know',
      { contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] },
      'Please use a valid role: user, model.',
    ],
    ['a model that begins', { contents: [answered, user] }, 'alternate between user and model'],
    ['two turns of one role', { contents: [user, user] }, 'alternate between user and model'],
    ['a model that is last', { contents: [user, answered] }, 'end with a user role'],
  ])('%s', async (_, body, message) => {
    expect(await post(body)).toEqual({ status: 400, body: expect.stringContaining(message) })
  })

  test('a call without a key, and a key in the address', async () => {
    const url = `${demo.provider.baseUrls.gemini}/models/gemini-2.5-flash:generateContent?key=${DEMO_KEYS.gemini}`
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(403)
  })
})
