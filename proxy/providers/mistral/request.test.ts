import { expect, test } from 'vitest'
import { Secret } from '../../../shared/process/secret.ts'
import type { MistralRoute } from './request.ts'
import { toRequest } from './request.ts'

const route = (more: Partial<MistralRoute> = {}): MistralRoute => ({
  kind: 'mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  model: 'mistral-small-latest',
  ...more,
})
const question = {
  system: 'Be brief.',
  turns: [
    { role: 'user', text: 'Hi.' },
    { role: 'assistant', text: 'Hello.' },
    { role: 'user', text: 'Who are you?' },
  ],
} as const

test('a question goes to chat completions: system first, user last, parameters in the names of the wire', () => {
  const parameters = { temperature: 1.7, topP: 0.9, maxTokens: 500, stop: ['END'], seed: 7 }
  expect(toRequest(route({ parameters }), question, new Secret('0123456789abcdef'))).toEqual({
    url: 'https://api.mistral.ai/v1/chat/completions',
    headers: { authorization: 'Bearer 0123456789abcdef' },
    body: {
      model: 'mistral-small-latest',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi.' },
        { role: 'assistant', content: 'Hello.', prefix: false },
        { role: 'user', content: 'Who are you?' },
      ],
      stream: true,
      temperature: 1,
      top_p: 0.9,
      max_tokens: 500,
      stop: ['END'],
      random_seed: 7,
    },
    leftOut: ['temperature above 1'],
  })
})

test('a temperature within the range is sent as it is', () => {
  expect(toRequest(route({ parameters: { temperature: 0.3 } }), question, undefined).body).toMatchObject({
    temperature: 0.3,
  })
})

test.each([
  [{ temperature: 0, topP: 0.5 }, ['topP']],
  [{ temperature: 0, topP: 1 }, []],
  [{ temperature: 0.1, topP: 0.5 }, []],
  [{ topP: 0 }, ['topP']],
])('of %j the API does not take %j', (parameters, leftOut) => {
  const request = toRequest(route({ parameters }), question, undefined)
  expect(request.leftOut).toEqual(leftOut)
  expect(Object.keys(Object(request.body)).includes('top_p')).toBe(leftOut.length === 0)
})
