/** Whatever the conversation and the parameters are, what we send is what the strict servers accept. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../shared/process/secret.ts'
import type { Turn } from '../../shared/protocol/conversation.ts'
import type { ApiKind } from '../../shared/protocol/route.ts'
import { ApiRoute, Parameters } from '../../shared/protocol/route.ts'
import { anthropicWire } from '../demo/anthropic/anthropic-wire.ts'
import { geminiWire } from '../demo/gemini/gemini-wire.ts'
import { mistralWire } from '../demo/mistral/mistral-wire.ts'
import { openaiWire } from '../demo/openai/openai-wire.ts'
import { isRefusal } from '../demo/wire.ts'
import { loadProvider } from './registry.ts'

const WIRES = { openai: openaiWire, anthropic: anthropicWire, gemini: geminiWire, mistral: mistralWire }
const MODELS = {
  openai: ['gpt-4.1-mini', 'o1', 'o3-mini', 'gpt-5-mini', 'gpt-6-luna', 'gpt-4o-search-preview'],
  anthropic: ['claude-haiku-4-5', 'claude-opus-4-8', 'claude-sonnet-5-5'],
  gemini: ['gemini-2.5-flash', 'gemini-3.5-flash-lite', 'gemma-3-27b-it'],
  mistral: ['mistral-small-latest'],
} as const satisfies Record<ApiKind, readonly string[]>
const KINDS = ['openai', 'anthropic', 'gemini', 'mistral'] as const

const text = fc.oneof(
  fc.string(),
  fc.constantFrom('', ' ', '\n', 'Hello', '你好 🌍', 'half \uD83D', '\uDE00 half', '<think>a</think>'),
)
const turn: fc.Arbitrary<Turn> = fc.record({ role: fc.constantFrom('user', 'assistant'), text })
const question = fc.record({
  system: fc.option(text, { nil: '' }),
  turns: fc
    .tuple(fc.array(turn), fc.string({ minLength: 1 }))
    .map(([turns, last]): Turn[] => [...turns, { role: 'user', text: `${last}?` }]),
})
const parameters = fc
  .record(
    {
      temperature: fc.oneof(fc.constantFrom(0, 1, 2), fc.double({ min: 0, max: 2, noNaN: true })),
      topP: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      maxTokens: fc.integer({ min: 1, max: 1_000_000 }),
      stop: fc.array(fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('\n', '\uD83D')), { maxLength: 4 }),
      seed: fc.maxSafeNat(),
    },
    { requiredKeys: [] },
  )
  .map(given => Parameters.parse(given))

const key = new Secret('key-of-a-test-0001')
const everything = { temperature: 0.5, topP: 0.5, maxTokens: 5, stop: ['x'], seed: 5 }

describe.each(KINDS)('%s', kind => {
  const routeTo = (model: string, settings: Parameters): ApiRoute =>
    ApiRoute.parse({ kind, baseUrl: 'http://127.0.0.1:9/base', model, parameters: settings })

  test('accepts every translated question', async () => {
    const provider = await loadProvider(kind)
    const property = fc.property(fc.constantFrom(...MODELS[kind]), question, parameters, (model, asked, settings) => {
      const request = provider.toRequest(routeTo(model, settings), asked, key)
      const { pathname, searchParams } = new URL(request.url)
      const heard = {
        headers: request.headers,
        body: request.body,
        tail: pathname.split('/').at(-1) ?? '',
        query: searchParams,
      }
      const outcome = WIRES[kind].check(heard)
      expect(isRefusal(outcome) ? outcome.body : undefined).toBeUndefined()
      expect(WIRES[kind].keyOf(request.headers)).toBe(key.reveal())
      expect(request.url).not.toContain(key.reveal())
    })
    await fc.assert(property, { numRuns: 300 })
  })

  test.each(MODELS[kind])('sends or names as left out every parameter, for %s', async model => {
    const provider = await loadProvider(kind)
    const asked = { turns: [{ role: 'user', text: 'Hi' }] } as const
    const sent = (settings: Parameters) => JSON.stringify(provider.toRequest(routeTo(model, settings), asked, key).body)
    const { leftOut } = provider.toRequest(routeTo(model, everything), asked, key)
    for (const name of Parameters.keyof().options) {
      const { [name]: _, ...others } = everything
      expect(leftOut.includes(name), name).toBe(sent(everything) === sent(others))
    }
  })
})

test('the compatible dialect asks for nothing that a server which knows less refuses', async () => {
  const provider = await loadProvider('openai')
  const property = fc.property(fc.constantFrom(...MODELS.openai), question, parameters, (model, asked, settings) => {
    const turns = asked.turns.map(({ role, text: said }) => ({ role, text: `${said} [[compatible]]` }))
    const route = ApiRoute.parse({
      kind: 'openai',
      baseUrl: 'http://127.0.0.1:9/v1',
      model,
      parameters: settings,
      dialect: 'compatible',
    })
    const { headers, body } = provider.toRequest(route, { ...asked, turns }, key)
    // A name of OpenAI's own is not what such a server serves.
    const served = { ...Object(body), model: 'llama3' }
    const outcome = openaiWire.check({ headers, body: served, tail: 'completions', query: new URLSearchParams() })
    expect(isRefusal(outcome) ? outcome.body : undefined).toBeUndefined()
  })
  await fc.assert(property, { numRuns: 200 })
})
