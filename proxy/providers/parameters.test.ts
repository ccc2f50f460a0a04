/** What becomes of each parameter of a route, for each kind and each family of its models. */
import { expect, test } from 'vitest'
import { ApiRoute } from '../../shared/protocol/route.ts'
import { loadProvider } from './registry.ts'

const asked = { system: 'Be brief.', turns: [{ role: 'user', text: 'Hi' }] } as const
const usual = { temperature: 0.5, topP: 0.9, maxTokens: 50, stop: ['END'], seed: 7 }
const hot = { temperature: 1.7 }

const sampled = { temperature: 0.5, top_p: 0.9, stop: ['END'], seed: 7 }
const ofMistral = { temperature: 0.5, top_p: 0.9, max_tokens: 50, stop: ['END'], random_seed: 7 }
const ofGemini = { topP: 0.9, maxOutputTokens: 50, stopSequences: ['END'], seed: 7 }
const ownOpenAi = { kind: 'openai', baseUrl: 'https://api.openai.com/v1' }
const otherOpenAi = { kind: 'openai', baseUrl: 'http://127.0.0.1:11434/v1' }
const compatible = { ...ownOpenAi, dialect: 'compatible' }
const anthropic = { kind: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' }
const gemini = { kind: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com/v1beta' }
const mistral = { kind: 'mistral', baseUrl: 'https://api.mistral.ai/v1' }
const usage = { stream_options: { include_usage: true } }

test.each([
  [ownOpenAi, 'gpt-4.1-mini', usual, { ...sampled, ...usage, max_completion_tokens: 50 }, []],
  [ownOpenAi, 'gpt-5.1-chat-latest', usual, { ...sampled, ...usage, max_completion_tokens: 50 }, []],
  [ownOpenAi, 'gpt-5-chat-latest', usual, { ...sampled, ...usage, max_completion_tokens: 50 }, []],
  [ownOpenAi, 'gpt-4o', hot, { ...usage, temperature: 1.7 }, []],
  [ownOpenAi, 'o3-mini', usual, { ...usage, max_completion_tokens: 50, seed: 7 }, ['temperature', 'topP', 'stop']],
  [ownOpenAi, 'gpt-5.2', usual, { ...usage, max_completion_tokens: 50, seed: 7 }, ['temperature', 'topP', 'stop']],
  [otherOpenAi, 'llama3', usual, { ...sampled, ...usage, max_tokens: 50 }, []],
  [
    otherOpenAi,
    'openai/gpt-5',
    usual,
    { ...usage, max_completion_tokens: 50, seed: 7 },
    ['temperature', 'topP', 'stop'],
  ],
  [compatible, 'llama3', usual, { ...sampled, max_tokens: 50 }, []],
  [compatible, 'openai/gpt-5', usual, { ...sampled, max_tokens: 50 }, []],
  [compatible, 'llama3', {}, {}, []],

  [
    anthropic,
    'claude-haiku-4-5',
    usual,
    { temperature: 0.5, max_tokens: 50, stop_sequences: ['END'] },
    ['topP', 'seed'],
  ],
  [anthropic, 'claude-haiku-4-5', { topP: 0.9 }, { top_p: 0.9, max_tokens: 4096 }, []],
  [anthropic, 'claude-sonnet-4-6', hot, { temperature: 1, max_tokens: 4096 }, ['temperature above 1']],
  [anthropic, 'claude-opus-4-8', usual, { max_tokens: 50, stop_sequences: ['END'] }, ['temperature', 'topP', 'seed']],
  [anthropic, 'claude-sonnet-5-5', hot, { max_tokens: 4096 }, ['temperature']],

  [gemini, 'gemini-2.5-flash', usual, { generationConfig: { ...ofGemini, temperature: 0.5 } }, []],
  [gemini, 'gemini-2.5-flash', hot, { generationConfig: hot }, []],
  [gemini, 'gemini-3-pro-preview', usual, { generationConfig: ofGemini }, ['temperature']],
  [gemini, 'gemini-3-pro-preview', hot, {}, ['temperature']],
  [gemini, 'gemini-2.5-flash', { seed: 2 ** 31 }, {}, ['seed']],

  [mistral, 'mistral-small-latest', usual, ofMistral, []],
  [mistral, 'mistral-small-latest', hot, { temperature: 1 }, ['temperature above 1']],
])('%o with %s and %o sends %o', async (way, model, parameters, wanted, leftOut) => {
  const route = ApiRoute.parse({ ...way, model, parameters })
  const request = (await loadProvider(route.kind)).toRequest(route, asked, undefined)
  const bare = ['model', 'messages', 'stream', 'system', 'contents', 'systemInstruction']
  const settings = Object.entries(Object(request.body)).filter(([name]) => !bare.includes(name))
  expect(Object.fromEntries(settings)).toEqual(wanted)
  expect(request.leftOut).toEqual(leftOut)
})
