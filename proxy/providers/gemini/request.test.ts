import { describe, expect, test } from 'vitest'
import { Secret } from '../../../shared/process/secret.ts'
import type { GeminiRoute } from './request.ts'
import { toRequest } from './request.ts'

const parameters = { temperature: 0.7, topP: 0.9, maxTokens: 500, stop: ['END'], seed: 7 }
const route = (more: Partial<GeminiRoute> = {}): GeminiRoute => ({
  kind: 'gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  model: 'gemini-2.5-flash',
  ...more,
})
const question = {
  system: 'Be brief.',
  turns: [
    { role: 'assistant', text: 'Welcome!' },
    { role: 'user', text: 'Hi.' },
    { role: 'assistant', text: 'Hello.' },
    { role: 'user', text: 'Who are you?' },
  ],
} as const

test('a question goes to streamGenerateContent with the key in a header, never in the address', () => {
  expect(toRequest(route({ parameters }), question, new Secret('AIza0123456789'))).toEqual({
    url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    headers: { 'x-goog-api-key': 'AIza0123456789' },
    body: {
      systemInstruction: { role: 'system', parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi.' }] },
        { role: 'model', parts: [{ text: 'Hello.' }] },
        { role: 'user', parts: [{ text: 'Who are you?' }] },
      ],
      generationConfig: { temperature: 0.7, topP: 0.9, maxOutputTokens: 500, stopSequences: ['END'], seed: 7 },
    },
    leftOut: [],
  })
})

describe.each(['gemini-3-pro-preview', 'models/gemini-3.5-flash', 'gemini-4-flash'])('%s', model => {
  test('keeps its own temperature', () => {
    const { body, leftOut } = toRequest(
      route({ model, parameters: { temperature: 0.2, topP: 0.9 } }),
      question,
      undefined,
    )
    expect(body).toMatchObject({ generationConfig: { topP: 0.9 } })
    expect(body).not.toHaveProperty('generationConfig.temperature')
    expect(leftOut).toEqual(['temperature'])
  })
})

test('a seed that does not fit into 32 bits is left out, and an empty configuration is not sent', () => {
  const { body, leftOut } = toRequest(route({ parameters: { seed: 2 ** 31 } }), question, undefined)
  expect(body).not.toHaveProperty('generationConfig')
  expect(leftOut).toEqual(['seed'])
})

test('a model name cannot change the address', () => {
  const { url } = toRequest(route({ model: '../files?key=x#' }), question, undefined)
  expect(url).toBe(`${route().baseUrl}/models/..%2Ffiles%3Fkey%3Dx%23:streamGenerateContent?alt=sse`)
})
