/** The caller against the demonstration provider, over real connections. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEMO_KEYS } from '../../config/demo.ts'
import type { DemoCall } from '../demo/calls.ts'
import type { DemoProvider } from '../demo/server.ts'
import { startDemoProvider } from '../demo/server.ts'
import type { Asking } from './testing/asking.ts'
import { answerTo, askOf, testCaller } from './testing/asking.ts'

const MODELS = {
  openai: 'gpt-4.1-mini',
  anthropic: 'claude-sonnet-5-5',
  gemini: 'gemini-2.5-flash',
  mistral: 'mistral-small-latest',
} as const
type Kind = keyof typeof MODELS

let demo: DemoProvider
let calls: DemoCall[] = []

beforeAll(async () => {
  demo = await startDemoProvider({ port: 0, pieceMs: 1, onCall: call => calls.push(call) })
})
afterAll(() => demo[Symbol.asyncDispose]())
beforeEach(() => {
  calls = []
})

const to = (kind: Kind, text: string, more: Partial<Asking> = {}): Asking => ({
  kind,
  baseUrl: demo.baseUrls[kind],
  model: MODELS[kind],
  key: DEMO_KEYS[kind],
  text,
  ...more,
})
const kinds: Kind[] = ['openai', 'anthropic', 'gemini', 'mistral']

describe.each(kinds)('%s', kind => {
  test('answers in pieces, knowing the conversation and the system text', async () => {
    const question = {
      system: 'You are a patient teacher of chess.',
      turns: [
        { role: 'user', text: 'Hello' },
        { role: 'assistant', text: 'Hi' },
        { role: 'user', text: 'How does the knight move?' },
      ],
    } as const
    let pieces = 0
    const { text, usage, end } = await answerTo(testCaller(), to(kind, '', { question }), event => {
      if (event.kind === 'text') pieces++
    })
    expect(text).toContain('> How does the knight move?')
    expect(text).toContain('2 turns')
    expect(text).toContain('You are a patient teacher of chess.')
    expect(pieces).toBeGreaterThan(20)
    expect(usage).toMatchObject({ input: 14, output: pieces })
    expect(end).toEqual({ kind: 'end', ending: 'stop' })
  })

  test('closes the connection to the provider when the question is cancelled', async () => {
    const cancel = new AbortController()
    const { text, end } = await answerTo(testCaller(), to(kind, '[[long 5000]]', { signal: cancel.signal }), event => {
      if (event.kind === 'text') cancel.abort()
    })
    expect(text).toBe('word1 ')
    expect(end).toEqual({ kind: 'end', ending: 'cancelled' })
    expect(await calls[0]?.outcome).toBe('closed-early')
  })

  test('closes the connection to the provider when nobody reads on', async () => {
    for await (const event of testCaller().ask(askOf(to(kind, '[[long 5000]]')))) if (event.kind === 'text') break
    expect(await calls[0]?.outcome).toBe('closed-early')
  })

  test('keeps the part of an answer that came before the connection broke', async () => {
    const { text, end } = await answerTo(testCaller(), to(kind, '[[cut]]'))
    expect(text).toMatch(/^This is a /)
    expect(end).toMatchObject({
      kind: 'end',
      ending: 'interrupted',
      detail: expect.stringMatching(/^The answer broke off\. The connection broke/),
    })
    expect(calls).toHaveLength(1)
  })

  test('keeps the part of an answer that came before the provider failed', async () => {
    const { text, end } = await answerTo(testCaller(), to(kind, '[[midstream-error]]'))
    expect(text).toMatch(/^This is a /)
    expect(end).toMatchObject({
      kind: 'end',
      ending: 'interrupted',
      detail: expect.stringMatching(/^The answer broke off\. The provider/),
    })
    expect(calls).toHaveLength(1)
  })

  test('gives up an answer that falls silent', async () => {
    const { text, end } = await answerTo(testCaller(), to(kind, '[[stall]]', { timeoutMs: 400 }))
    expect(text).toMatch(/^This is a /)
    expect(end).toMatchObject({
      ending: 'interrupted',
      detail: expect.stringContaining('there was no sign of life for 0.4 s'),
    })
    expect(await calls[0]?.outcome).toBe('closed-early')
  })

  const overloaded = kind === 'anthropic' ? 529 : 503
  test.each([429, 500, overloaded])('answers once after a failure with status %i', async status => {
    const caller = testCaller()
    const { text, end } = await answerTo(caller, to(kind, `[[fail-once ${status}]]`))
    expect(text.match(/You asked/g)).toHaveLength(1)
    expect(end).toEqual({ kind: 'end', ending: 'stop' })
    expect(calls.map(call => call.status)).toEqual([status, 200])
    expect(caller.waits).toHaveLength(1)
  })

  test('is asked three times at most', async () => {
    const { end } = await answerTo(testCaller(), to(kind, '[[error 502]]'))
    expect(end).toMatchObject({ kind: 'error', failure: { code: 'server_error', retryable: true } })
    expect(calls).toHaveLength(3)
  })

  test.each([
    ['[[quota]]', 'no_credit'],
    ['[[error 401]]', 'wrong_key'],
  ])('is not asked again after %s', async (text, code) => {
    const { end } = await answerTo(testCaller(), to(kind, text))
    expect(end).toMatchObject({ kind: 'error', failure: { code, retryable: false } })
    expect(calls).toHaveLength(1)
  })

  test('refuses a wrong key, which is in no part of the failure and of the log', async () => {
    const caller = testCaller()
    const { end } = await answerTo(caller, to(kind, 'Hi', { key: 'a-wrong-key-that-must-not-be-shown-9876' }))
    expect(end).toMatchObject({
      kind: 'error',
      failure: { code: 'wrong_key', message: expect.stringContaining('Put a valid key on the dashboard') },
    })
    expect(JSON.stringify([end, caller.logged])).not.toContain('must-not')
    expect(calls).toHaveLength(1)
  })

  test('does not know an unknown model', async () => {
    const { end } = await answerTo(testCaller(), to(kind, 'Hi', { model: 'no-such-model' }))
    expect(end).toMatchObject({ kind: 'error', failure: { code: 'unknown_model' } })
  })

  test('tells why there is no text', async () => {
    const { text, end } = await answerTo(testCaller(), to(kind, '[[empty]]'))
    expect(text).toBe('')
    expect(end).toMatchObject({
      kind: 'end',
      ending: 'stop',
      detail: 'The model ended its answer without writing any text.',
    })
  })

  test('stops at the length limit of the route', async () => {
    const { text, end } = await answerTo(testCaller(), to(kind, 'Hi', { parameters: { maxTokens: 3 } }))
    expect(text).toBe('This is a ')
    expect(end).toMatchObject({ ending: 'length' })
  })
})

test.each(['anthropic', 'gemini', 'mistral'] as const)('%s thinks before it answers', async kind => {
  const { thinking, text } = await answerTo(testCaller(), to(kind, '[[thinking]]'))
  expect(thinking).toContain('I show that thinking arrives')
  expect(text).toContain('demonstration')
})

test('parameters that are left out are named at the end of each answer and once in the log', async () => {
  const caller = testCaller()
  const asking = to('anthropic', 'Hi', { parameters: { temperature: 0.5, seed: 1 } })
  for (const _ of [1, 2]) {
    const { end } = await answerTo(caller, asking)
    expect(end).toEqual({ kind: 'end', ending: 'stop', leftOut: ['temperature', 'seed'] })
  }
  expect(caller.logged).toEqual([
    {
      event: 'parameters are left out, the API does not take them',
      fields: { kind: 'anthropic', model: 'claude-sonnet-5-5', leftOut: ['temperature', 'seed'] },
    },
  ])
})

test('the log holds neither the key nor the question', async () => {
  const caller = testCaller()
  await answerTo(caller, to('gemini', 'a private matter [[fail-once 429]]'))
  expect(caller.logged).toHaveLength(1)
  expect(JSON.stringify(caller.logged)).not.toMatch(/private|demo-key/)
})
