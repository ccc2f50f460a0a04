/** What each steering word does, seen through the caller that asks real providers. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DEMO_KEYS } from '../../config/demo.ts'
import { API_KINDS, type ApiKind, ApiRoute } from '../../shared/protocol/route.ts'
import type { AnswerEvent } from '../providers/provider.ts'
import type { TestCaller } from '../providers/testing/asking.ts'
import { askOf, testCaller } from '../providers/testing/asking.ts'
import { summaryOf } from '../providers/testing/stream-cases.ts'
import { useDemo } from './testing/demo.ts'

const demo = useDemo()
const MODELS = {
  openai: 'gpt-4.1-mini',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-2.5-flash',
  mistral: 'mistral-small-latest',
} as const

type More = { readonly caller?: TestCaller; readonly dialect?: 'compatible'; readonly timeoutMs?: number }

async function answer(kind: ApiKind, text: string, { caller = testCaller(), ...more }: More = {}) {
  const baseUrl = demo.provider.baseUrls[kind]
  const ask = askOf({ kind, baseUrl, model: MODELS[kind], key: DEMO_KEYS[kind], text })
  const events: AnswerEvent[] = []
  for await (const event of caller.ask({ ...ask, route: ApiRoute.parse({ ...ask.route, ...more }) })) events.push(event)
  return { ...summaryOf(events), pieces: events.filter(event => event.kind === 'text').length }
}

const stop = { kind: 'end', ending: 'stop' }
const interrupted = (why: string) => ({ ending: 'interrupted', detail: expect.stringContaining(why) })
const failed = (code: string) => ({ kind: 'error', failure: { code } })

describe.each(API_KINDS)('%s', kind => {
  test.each(['[[split]]', '[[split 7]]', '[[comments]]', '[[oddities]]'])('reads the same with %s', async word => {
    const { text, end } = await answer(kind, `Grüße 🌍 ${word}`)
    expect(text).toContain(`> Grüße 🌍 ${word}\n`)
    expect(text.match(/This is a/g)).toHaveLength(1)
    expect(end).toEqual(stop)
  })

  test.each([
    ['[[truncate]]', 'The connection broke'],
    ['[[cut]]', 'The connection broke'],
    ['[[garbage]]', 'The answer could not be read'],
    ['[[midstream-error]]', 'The provider'],
    ['[[midstream-error 429]]', 'Too many requests'],
  ])('keeps what came before %s', async (word, why) => {
    const { text, end } = await answer(kind, word)
    expect(text).toMatch(/^This is a /)
    expect(end).toMatchObject(interrupted(why))
  })

  test('says when to try again', async () => {
    const caller = testCaller()
    const { end } = await answer(kind, '[[error 429]] [[retry-after 7]]', { caller })
    expect(end).toMatchObject({ failure: { code: 'rate_limited', retryAfterMs: 7000, retryable: true } })
    expect(caller.waits).toEqual([7000, 7000])
  })

  test('is given up when the first byte is late', async () => {
    const { end } = await answer(kind, '[[first 5000]]', { timeoutMs: 100 })
    expect(end).toMatchObject(failed('timeout'))
  })

  test('sends as many pieces as it is asked for', async () => {
    expect(await answer(kind, '[[pieces 7 at 1]]')).toMatchObject({ text: expect.stringMatching(/^(word\d\s){7}$/) })
  })

  test('has no room for a conversation that is too long', async () => {
    expect((await answer(kind, '[[too-long]]')).end).toMatchObject(failed('too_long'))
  })

  test('says that the length was used up by thoughts', async () => {
    const { text, end } = await answer(kind, '[[thinking]] [[empty]] [[length]]')
    expect(text).toBe('')
    expect(end).toMatchObject({ ending: 'length', detail: expect.stringMatching(/length limit for thinking/) })
  })
})

const CODES = {
  openai:
    'bad_request wrong_key no_credit bad_request unknown_model too_long bad_request rate_limited server_error overloaded server_error',
  anthropic:
    'bad_request wrong_key no_credit wrong_key unknown_model too_long bad_request rate_limited server_error overloaded timeout',
  gemini:
    'bad_request wrong_key no_credit wrong_key unknown_model too_long bad_request rate_limited server_error overloaded timeout',
  mistral:
    'bad_request wrong_key no_credit wrong_key unknown_model too_long bad_request rate_limited server_error overloaded server_error',
} as const
const STATUSES = [400, 401, 402, 403, 404, 413, 422, 429, 500, 503, 504]

test.each(API_KINDS)('%s has each status in its own words', async kind => {
  const codes: string[] = []
  for (const status of STATUSES) {
    const { end } = await answer(kind, `[[error ${status}]]`)
    codes.push(end?.kind === 'error' ? end.failure.code : 'no error')
  }
  expect(codes).toEqual(CODES[kind].split(' '))
})

test.each([
  ['openai', 'content_filter', { ending: 'filtered' }],
  ['openai', 'solar_flare', { ending: 'stop', detail: expect.stringContaining('solar_flare') }],
  ['anthropic', 'model_context_window_exceeded', { ending: 'length' }],
  ['anthropic', 'pause_turn', { ending: 'stop', detail: expect.stringContaining('tool') }],
  ['gemini', 'RECITATION', { ending: 'filtered' }],
  ['gemini', 'SPII', { ending: 'filtered' }],
  ['mistral', 'model_length', { ending: 'length' }],
  ['mistral', 'error', { ending: 'interrupted' }],
] as const)('%s ends with %s', async (kind, word, end) => {
  expect((await answer(kind, `[[ending ${word}]]`)).end).toMatchObject(end)
})

describe('a server that knows less than OpenAI', () => {
  const question = 'Hi [[compatible]] [[no-done]] [[no-finish]] [[no-usage]]'

  test('answers in its dialect', async () => {
    const { text, usage, end } = await answer('openai', question, { dialect: 'compatible' })
    expect(text).toContain('demonstration')
    expect({ usage, end }).toEqual({ usage: undefined, end: stop })
  })

  test('refuses what only OpenAI knows, and names it', async () => {
    const { end } = await answer('openai', question)
    expect(end).toMatchObject({
      failure: { code: 'bad_request', message: expect.stringContaining("('body', 'stream_options')") },
    })
  })

  test('is cut off in its dialect too when the connection breaks', async () => {
    expect((await answer('openai', '[[cut]] [[compatible]]', { dialect: 'compatible' })).end).toMatchObject(
      interrupted('The connection broke'),
    )
  })

  test('seems cut off without the dialect', async () => {
    const { end } = await answer('openai', 'Hi [[no-done]] [[no-finish]]')
    expect(end).toMatchObject(interrupted('The connection broke'))
  })
})

test('every steering word is described', () => {
  const source = readFileSync(join(import.meta.dirname, 'steering.ts'), 'utf8')
  const words = [...source.matchAll(/\b(?:has|number|text|at)\('([a-z-]+)'\)/g)].map(([, word]) => word)
  const manual = readFileSync(join(import.meta.dirname, '../../docs/demonstration.md'), 'utf8')
  const described = [...manual.matchAll(/^\| `\[\[([a-z-]+)/gm)].map(([, word]) => word)
  const breaks = ['cut', 'truncate', 'stall', 'garbage']
  expect(new Set(described)).toEqual(new Set([...words, ...breaks]))
})
