import { describe, expect, test } from 'vitest'
import { Secret } from '../../../shared/process/secret.ts'
import type { AnthropicRoute } from './request.ts'
import { toRequest } from './request.ts'

const parameters = { temperature: 1.4, topP: 0.9, maxTokens: 500, stop: ['END'], seed: 7 }
const route = (more: Partial<AnthropicRoute> = {}): AnthropicRoute => ({
  kind: 'anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  model: 'claude-sonnet-5-5',
  ...more,
})
const question = {
  system: 'Be brief.',
  turns: [
    { role: 'assistant', text: 'Welcome!' },
    { role: 'user', text: 'Hi.' },
    { role: 'user', text: 'Are you there?' },
    { role: 'assistant', text: '' },
    { role: 'assistant', text: 'Yes.' },
    { role: 'user', text: 'Who are you?' },
  ],
} as const

test('a question goes to messages: system apart, the user first, neighbours merged, a limit always', () => {
  expect(toRequest(route(), question, new Secret('sk-ant-0123456789'))).toEqual({
    url: 'https://api.anthropic.com/v1/messages',
    headers: { 'anthropic-version': '2026-10-21', 'x-api-key': 'sk-ant-0123456789' },
    body: {
      model: 'claude-sonnet-5-5',
      max_tokens: 4096,
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'Hi.\n\nAre you there?' },
        { role: 'assistant', content: 'Yes.' },
        { role: 'user', content: 'Who are you?' },
      ],
      stream: true,
    },
    leftOut: [],
  })
})

describe.each(['claude-sonnet-5-5', 'claude-opus-4-7', 'claude-opus-4-8', 'claude-fable-5'])('%s', model => {
  test('gets no sampling parameters, in the current version', () => {
    const { headers, body, leftOut } = toRequest(route({ model, parameters }), question, undefined)
    expect(headers).toEqual({ 'anthropic-version': '2026-10-21' })
    expect(body).toMatchObject({ max_tokens: 500, stop_sequences: ['END'] })
    expect(body).not.toHaveProperty('temperature')
    expect(body).not.toHaveProperty('top_p')
    expect(leftOut).toEqual(['temperature', 'topP', 'seed'])
  })
})

const sampling = [
  'claude-haiku-4-5',
  'claude-sonnet-4-6',
  'claude-opus-4-20250514',
  'claude-3-5-haiku-latest',
  'llama3',
]
describe.each(sampling)('%s', model => {
  test('gets the temperature within its range, in the version that knows it, and not topP beside it', () => {
    const { headers, body, leftOut } = toRequest(route({ model, parameters }), question, undefined)
    expect(headers).toEqual({ 'anthropic-version': '2023-06-01' })
    expect(body).toMatchObject({ temperature: 1 })
    expect(body).not.toHaveProperty('top_p')
    expect(leftOut).toEqual(['temperature above 1', 'topP', 'seed'])
  })

  test('gets topP when there is no temperature', () => {
    const { headers, body, leftOut } = toRequest(route({ model, parameters: { topP: 0.9 } }), question, undefined)
    expect(headers).toEqual({ 'anthropic-version': '2023-06-01' })
    expect(body).toMatchObject({ top_p: 0.9 })
    expect(leftOut).toEqual([])
  })

  test('is asked in the current version when nothing is to be sampled', () => {
    expect(toRequest(route({ model }), question, undefined).headers).toEqual({ 'anthropic-version': '2026-10-21' })
  })
})

test('blank stop texts, which the API refuses, are left out', () => {
  const { body, leftOut } = toRequest(route({ parameters: { stop: ['\n', 'END'] } }), question, undefined)
  expect(body).toMatchObject({ stop_sequences: ['END'] })
  expect(leftOut).toEqual(['stop'])
})
