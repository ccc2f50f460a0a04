/** Limits, breakers and fallbacks as a proxy applies them, with a caller that answers by a script. */
import { describe, expect, test } from 'vitest'
import type { ApiRoute, Endpoints } from '../shared/protocol/route.ts'
import { Heard } from '../test/harness/heard.ts'
import { openMemoryProxy } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import {
  aborted,
  byModel,
  END,
  endless,
  failing,
  saying,
  scripted,
  settled,
  text,
} from '../test/harness/scripted-caller.ts'
import type { TurnParts } from './ask-in-turn.ts'
import type { Caller } from './providers/caller.ts'

type More = Partial<Pick<ApiRoute, 'fallback' | 'limits' | 'credential' | 'demo'>>
const route = (model: string, more: More = {}): ApiRoute => ({
  kind: 'openai',
  baseUrl: 'http://localhost:1/v1',
  model,
  ...more,
})
const GPT_THEN = (...fallback: string[]): Endpoints => ({
  GPT: route('gpt', { fallback }),
  CLAUDE: route('claude', { fallback: ['MISTRAL'], demo: true }),
  MISTRAL: route('mistral'),
})

/** Time passes when somebody sleeps, unless `sleeping` says how. */
async function open(caller: Caller, endpoints: Endpoints, sleeping?: TurnParts['sleep']) {
  const clock = { now: 1_000_000 }
  const waits: number[] = []
  const sleep = async (ms: number) => {
    waits.push(ms)
    clock.now += ms
  }
  const folder = scratchFolder()
  const proxy = await openMemoryProxy({
    name: 'alice',
    folder,
    network: new MemoryNetwork(),
    endpoints,
    caller,
    now: () => clock.now,
    sleep: sleeping ?? sleep,
  })
  const submit = async (destination = 'GPT') => {
    const asked = sampleSubmission({ destination, message: 'why?' })
    await proxy.carrier.submit(asked)
    return asked.id
  }
  /** The message that a question is answered with, be it a notice. */
  const ask = async (destination = 'GPT') => {
    const id = await submit(destination)
    await settled(proxy, id)
    return answerTo(id)
  }
  const answerTo = (id: string) =>
    proxy
      .kept()
      .flatMap(event => (event.kind === 'message' && event.message.metadata.replyTo === id ? event.message : []))[0]
  return { answerTo, ask, clock, proxy, submit, waits }
}

describe('limits', () => {
  test('a question beyond those that may wait fails at once, in words, and the others are answered', async () => {
    const limits = { parallel: 2, waiting: 3 }
    const held: (() => void)[] = []
    const caller = scripted(async function* () {
      await new Promise<void>(resolve => held.push(resolve))
      yield* [text('at last'), END]
    })
    const { answerTo, proxy, submit } = await open(caller, { GPT: route('gpt', { limits }) })
    const ids: string[] = []
    for (let n = 0; n < 6; n += 1) ids.push(await submit())
    const last = ids.pop() ?? ''
    expect(await settled(proxy, last)).toMatchObject([
      { kind: 'message', message: { type: 'notification', metadata: { error: { code: 'busy', retryable: true } } } },
      {
        kind: 'failed',
        id: last,
        cancelled: false,
        reason: 'GPT is busy: 2 answers are being written and 3 questions wait. Try again in a moment.',
      },
    ])
    for (let n = 0; n < ids.length; n += 1) {
      await caller.asked.times(n + 1, () => true)
      expect(caller.asked.all.length).toBeLessThanOrEqual(n + 2)
      held[n]?.()
      await settled(proxy, ids[n] ?? '')
    }
    expect(ids.map(id => answerTo(id)?.message)).toEqual(ids.map(() => 'at last'))
  })

  test('a route that is busy does not hold up another one', async () => {
    const busy = endless()
    const caller: Caller = {
      ask: ask => (ask.route.model === 'gpt' ? busy.ask(ask) : saying(text('here'), END).ask(ask)),
      close: async () => {},
    }
    const { ask, submit } = await open(caller, { GPT: route('gpt'), MISTRAL: route('mistral') })
    for (let n = 0; n < 40; n += 1) await submit('GPT')
    expect(await ask('MISTRAL')).toMatchObject({ message: 'here' })
    expect(busy.asked.all).toHaveLength(16)
  })
})

describe('fallback', () => {
  test.each(['wrong_key', 'overloaded', 'unreachable', 'bad_request', 'rate_limited', 'too_long'] as const)(
    'answers when a route fails with %s, under the name of the one that was asked',
    async code => {
      const caller = byModel({ gpt: [failing(code)], claude: [text('instead'), END] })
      const { ask } = await open(caller, GPT_THEN('CLAUDE', 'MISTRAL'))
      expect(await ask()).toMatchObject({
        sender: 'GPT',
        message: 'instead',
        type: 'chat',
        metadata: {
          model: 'claude',
          demo: true,
          fallback: { route: 'CLAUDE', reason: expect.stringMatching(/^GPT \w/) },
        },
      })
    },
  )

  test('answers for a route without a key, and says so', async () => {
    const endpoints = { ...GPT_THEN('CLAUDE'), GPT: route('gpt', { fallback: ['CLAUDE'], credential: 'openai' }) }
    const { ask } = await open(byModel({ claude: [text('instead'), END] }), endpoints)
    expect((await ask())?.metadata.fallback).toEqual({ route: 'CLAUDE', reason: 'GPT has no valid API key' })
  })

  test('answers for a route that is busy', async () => {
    const busy = endless()
    const caller: Caller = {
      ask: ask => (ask.route.model === 'gpt' ? busy.ask(ask) : saying(text('instead'), END).ask(ask)),
      close: async () => {},
    }
    const endpoints = {
      ...GPT_THEN('CLAUDE'),
      GPT: route('gpt', { fallback: ['CLAUDE'], limits: { parallel: 1, waiting: 0 } }),
    }
    const { ask, submit } = await open(caller, endpoints)
    await submit()
    expect((await ask())?.metadata.fallback).toEqual({ route: 'CLAUDE', reason: 'GPT was busy' })
  })

  test('takes the next one when one fails too, but not the fallback of a fallback', async () => {
    const failingTwice = byModel({
      gpt: [failing('timeout')],
      claude: [failing('overloaded')],
      mistral: [text('third'), END],
    })
    const { ask } = await open(failingTwice, GPT_THEN('CLAUDE', 'MISTRAL'))
    expect((await ask())?.metadata.fallback).toEqual({ route: 'MISTRAL', reason: 'GPT took too long' })
    const alone = await open(failingTwice, GPT_THEN('CLAUDE'))
    expect((await alone.ask())?.message).toBe('It is timeout. Nor did another answer instead: CLAUDE was overloaded.')
  })

  test('comes soon: only the last one that can answer is waited for as long as it asks', async () => {
    const caller = byModel({ gpt: [failing('overloaded')], claude: [failing('overloaded')] })
    const { ask } = await open(caller, GPT_THEN('CLAUDE', 'MISTRAL'))
    await ask()
    expect(caller.asked.all.map(({ route, patienceMs }) => [route.model, patienceMs])).toEqual([
      ['gpt', 2_000],
      ['claude', 2_000],
      ['mistral', undefined],
    ])
  })

  test('tells the failure of the first when all fail, with a word on the others', async () => {
    const caller = byModel({
      gpt: [failing('wrong_key')],
      claude: [failing('overloaded')],
      mistral: [failing('no_credit')],
    })
    const { ask } = await open(caller, GPT_THEN('CLAUDE', 'MISTRAL'))
    const notice = await ask()
    expect(notice).toMatchObject({
      type: 'notification',
      message: 'It is wrong_key. Nor did another answer instead: CLAUDE was overloaded, MISTRAL has no credit left.',
      metadata: { model: 'gpt', error: { code: 'wrong_key' } },
    })
    expect(notice?.metadata.fallback).toBeUndefined()
  })

  test('is not asked once text came, nor when the content was refused', async () => {
    const partial = byModel({ gpt: [text('half'), { kind: 'end', ending: 'interrupted', detail: 'It broke off.' }] })
    expect(await (await open(partial, GPT_THEN('CLAUDE'))).ask()).toMatchObject({ message: 'half' })
    const refusing = byModel({ gpt: [failing('refused')] })
    expect((await (await open(refusing, GPT_THEN('CLAUDE'))).ask())?.metadata.error?.code).toBe('refused')
    for (const { asked } of [partial, refusing]) expect(asked.all.map(ask => ask.route.model)).toEqual(['gpt'])
  })

  test('is not asked for a question that was cancelled', async () => {
    const caller = endless()
    const { proxy, submit } = await open(caller, GPT_THEN('CLAUDE'))
    const id = await submit()
    await caller.asked.first(() => true)
    await proxy.carrier.cancel(id)
    await settled(proxy, id)
    expect(caller.asked.all).toHaveLength(1)
  })

  test('keeps nothing of what the route that failed had counted', async () => {
    const caller = byModel({
      gpt: [{ kind: 'usage', usage: { input: 7, output: 7 } }, failing('truncated')],
      claude: [text('instead'), END],
    })
    const { ask } = await open(caller, GPT_THEN('CLAUDE'))
    expect((await ask())?.metadata.usage).toBeUndefined()
  })
})

describe('a route that fails five times in a row', () => {
  async function broken() {
    const state = { isIll: true }
    const caller = scripted(async function* ({ route: { model } }) {
      if (model === 'gpt' && state.isIll) yield failing('overloaded')
      else yield* [text(model), END]
    })
    const opened = await open(caller, { GPT: route('gpt'), MISTRAL: route('mistral') })
    for (let n = 0; n < 5; n += 1) await opened.ask()
    return { ...opened, caller, state }
  }

  test('is not asked for half a minute, which is said, and others are', async () => {
    const { ask, caller, clock } = await broken()
    clock.now += 12_000
    expect(await ask()).toMatchObject({
      message:
        'GPT has been failing for 12 s and is not asked now: the last time it was overloaded. It is tried again in 18 s.',
      metadata: { error: { code: 'paused', retryable: true } },
    })
    expect(caller.asked.all).toHaveLength(5)
    expect(await ask('MISTRAL')).toMatchObject({ message: 'mistral' })
  })

  test('is probed once then, without repeats, and is asked as before when that succeeds', async () => {
    const { ask, caller, clock, state } = await broken()
    clock.now += 30_000
    await ask()
    expect(caller.asked.all.at(-1)).toMatchObject({ attempts: 1 })
    clock.now += 59_999
    await ask()
    expect(caller.asked.all).toHaveLength(6)
    clock.now += 1
    state.isIll = false
    expect(await ask()).toMatchObject({ message: 'gpt' })
    expect(await ask()).toMatchObject({ message: 'gpt' })
    expect(caller.asked.all.at(-1)).not.toHaveProperty('attempts')
  })

  test('is probed again when the probe was cancelled', async () => {
    const probed = scripted(async function* ({ signal }) {
      await aborted(signal)
      yield { kind: 'end', ending: 'cancelled' }
    })
    const caller: Caller = {
      ask: ask => (ask.attempts === 1 ? probed.ask(ask) : saying(failing('unreachable')).ask(ask)),
      close: async () => {},
    }
    const { ask, clock, proxy, submit } = await open(caller, { GPT: route('gpt') })
    for (let n = 0; n < 5; n += 1) await ask()
    clock.now += 30_000
    for (const n of [1, 2]) {
      const id = await submit()
      await probed.asked.times(n, () => true)
      await proxy.carrier.cancel(id)
      await settled(proxy, id)
    }
    expect(probed.asked.all).toHaveLength(2)
  })

  test('is asked again at once when its route was changed', async () => {
    const { ask, proxy, state } = await broken()
    state.isIll = false
    await proxy.routing.apply({ version: 2, endpoints: { GPT: { ...route('gpt'), timeoutMs: 5_000 } } })
    expect(await ask()).toMatchObject({ message: 'gpt' })
  })
})

describe('a route whose provider asks to be left alone', () => {
  /** GPT refuses its first question so, and answers each further one. */
  const resting = (retryAfterMs: number) => {
    let refusals = 0
    return scripted(async function* ({ route: { model } }) {
      if (model === 'gpt' && refusals++ === 0) yield failing('rate_limited', { retryAfterMs })
      else yield* [text(model), END]
    })
  }
  const askedOf = (caller: { asked: { all: readonly { route: ApiRoute }[] } }) =>
    caller.asked.all.map(({ route: { model } }) => model)
  const TWO_HOURS = 2 * 3_600_000

  test('for two hours is left to its fallback at once, and not called again before', async () => {
    const caller = resting(TWO_HOURS)
    const { ask, clock, waits } = await open(caller, GPT_THEN('CLAUDE'))
    expect((await ask())?.metadata.fallback).toEqual({ route: 'CLAUDE', reason: 'GPT was asked too often' })
    expect(await ask()).toMatchObject({ sender: 'GPT', message: 'claude', metadata: { fallback: { route: 'CLAUDE' } } })
    clock.now += TWO_HOURS - 3_000
    expect((await ask())?.message).toBe('claude')
    expect([askedOf(caller), waits]).toEqual([['gpt', 'claude', 'claude', 'claude'], []])
    clock.now += 3_000
    expect((await ask())?.message).toBe('gpt')
  })

  test('for two hours fails without a fallback, with the time, also for the next question', async () => {
    const caller = resting(TWO_HOURS)
    const { ask, clock, waits } = await open(caller, { GPT: route('gpt') })
    expect(await ask()).toMatchObject({ metadata: { error: { code: 'rate_limited', retryable: true } } })
    clock.now += 3_600_000
    expect(await ask()).toMatchObject({
      message: 'GPT is not asked now: it was asked too often, and wants to be left alone. Try again in 60 minutes.',
      metadata: { error: { code: 'paused', retryable: true } },
    })
    expect([askedOf(caller), waits]).toEqual([['gpt'], []])
  })

  test('for some seconds is waited for by the next question', async () => {
    const caller = resting(7_000)
    const { ask, waits } = await open(caller, { GPT: route('gpt') })
    await ask()
    expect(await ask()).toMatchObject({ message: 'gpt' })
    expect([askedOf(caller), waits]).toEqual([['gpt', 'gpt'], [7_000]])
  })

  test('for some seconds is not waited for where another one can answer', async () => {
    const caller = resting(7_000)
    const { ask, waits } = await open(caller, GPT_THEN('CLAUDE'))
    await ask()
    expect(await ask()).toMatchObject({ message: 'claude' })
    expect([askedOf(caller), waits]).toEqual([['gpt', 'claude', 'claude'], []])
  })

  test('again and again is waited for no longer than a minute in all', async () => {
    const caller = saying(failing('rate_limited', { retryAfterMs: 40_000 }))
    const { ask, clock, waits } = await open(caller, { GPT: route('gpt') })
    await ask()
    expect((await ask())?.metadata.error?.code).toBe('rate_limited')
    expect([caller.asked.all.length, waits]).toEqual([2, [40_000]])
    clock.now -= 30_000
    expect((await ask())?.metadata.error?.code).toBe('paused')
    expect(caller.asked.all).toHaveLength(2)
  })
})

test('a question that waits for a route to rest is stopped at once, and never asked', async () => {
  const caller = saying(failing('rate_limited', { retryAfterMs: 50_000 }))
  const waiting = new Heard<number>()
  const sleep = async (ms: number, signal: AbortSignal) => {
    waiting.add(ms)
    await aborted(signal)
  }
  const { ask, proxy, submit } = await open(caller, { GPT: route('gpt') }, sleep)
  await ask()
  const id = await submit()
  await waiting.first(() => true)
  await proxy.carrier.cancel(id)
  expect(await settled(proxy, id)).toContainEqual(
    expect.objectContaining({ kind: 'failed', id, cancelled: true, reason: 'Stopped before it was asked.' }),
  )
  expect(caller.asked.all).toHaveLength(1)
})

test('a new key is used for the next call, and closes the breaker that the old one had opened', async () => {
  const caller = scripted(async function* ({ credential }) {
    if (credential?.secret.reveal() === 'the-old-key') yield failing('server_error')
    else yield* [text('well'), END]
  })
  const { ask, proxy } = await open(caller, { GPT: route('gpt', { credential: 'openai' }) })
  const key = (value: string) => proxy.routing.setCredentials({ openai: { value, origins: ['http://localhost:1'] } })
  key('the-old-key')
  for (let n = 0; n < 5; n += 1) await ask()
  key('the-old-key')
  expect((await ask())?.metadata.error?.code).toBe('paused')
  key('the-new-key')
  expect(await ask()).toMatchObject({ message: 'well' })
})
