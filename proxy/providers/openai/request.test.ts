import { describe, expect, test } from 'vitest'
import { Secret } from '../../../shared/process/secret.ts'
import type { OpenAiRoute } from './request.ts'
import { toRequest } from './request.ts'

const parameters = { temperature: 0.7, topP: 0.9, maxTokens: 500, stop: ['END'], seed: 7 }
const route = (more: Partial<OpenAiRoute> = {}): OpenAiRoute => ({
  kind: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  model: 'gpt-4.1-mini',
  ...more,
})
const question = {
  system: 'Be brief.',
  turns: [
    { role: 'assistant', text: 'Hello.' },
    { role: 'user', text: ' ' },
    { role: 'user', text: 'Who are you?' },
  ],
} as const
const asked = [
  { role: 'assistant', content: 'Hello.' },
  { role: 'user', content: 'Who are you?' },
]

test('a question goes to chat completions with the key in a header only', () => {
  const request = toRequest(
    route({ baseUrl: 'https://api.openai.com/v1/' }),
    question,
    new Secret('sk-0123456789abcdef'),
  )
  expect(request).toEqual({
    url: 'https://api.openai.com/v1/chat/completions',
    headers: { authorization: 'Bearer sk-0123456789abcdef' },
    body: {
      model: 'gpt-4.1-mini',
      messages: [{ role: 'system', content: 'Be brief.' }, ...asked],
      stream: true,
      stream_options: { include_usage: true },
    },
    leftOut: [],
  })
})

test('a route without a credential sends no key', () => {
  expect(toRequest(route(), question, undefined).headers).toEqual({})
})

test('every parameter is sent to a model that does not reason', () => {
  const { body, leftOut } = toRequest(route({ parameters }), question, undefined)
  expect(body).toMatchObject({ temperature: 0.7, top_p: 0.9, max_completion_tokens: 500, stop: ['END'], seed: 7 })
  expect(leftOut).toEqual([])
})

describe.each(['o1', 'o3-mini', 'o4-mini', 'gpt-5', 'gpt-5.2-mini', 'gpt-6-luna', 'gpt-10', 'openai/gpt-5'])(
  'the reasoning model %s',
  model => {
    const { body, leftOut } = toRequest(
      route({ model, parameters, baseUrl: 'http://127.0.0.1:9/v1' }),
      question,
      undefined,
    )

    test('is instructed as a developer', () => {
      expect(body).toMatchObject({ messages: [{ role: 'developer', content: 'Be brief.' }, ...asked] })
    })

    test('gets its limit as max_completion_tokens and nothing it refuses', () => {
      expect(body).toMatchObject({ max_completion_tokens: 500, seed: 7 })
      for (const refused of ['max_tokens', 'temperature', 'top_p', 'stop']) expect(body).not.toHaveProperty(refused)
      expect(leftOut).toEqual(['temperature', 'topP', 'stop'])
    })
  },
)

test('a compatible server gets its limit as max_tokens', () => {
  const { body } = toRequest(
    route({ baseUrl: 'http://localhost:11434/v1', model: 'llama3', parameters }),
    question,
    undefined,
  )
  expect(body).toMatchObject({ max_tokens: 500 })
  expect(body).not.toHaveProperty('max_completion_tokens')
})

test.each(['llama3', 'openai/gpt-5'])(
  '%s in the compatible dialect is instructed as ever, and asked for nothing new',
  model => {
    const { body } = toRequest(route({ model, parameters, dialect: 'compatible' }), question, undefined)
    expect(body).toEqual({
      model,
      messages: [{ role: 'system', content: 'Be brief.' }, ...asked],
      stream: true,
      max_tokens: 500,
      temperature: 0.7,
      top_p: 0.9,
      stop: ['END'],
      seed: 7,
    })
  },
)

test('an empty system text is not sent', () => {
  expect(toRequest(route(), { ...question, system: '  ' }, undefined).body).toMatchObject({ messages: asked })
})
