/** What AIs used, counted through real processes that are killed at bad moments: the sums are those of what was asked. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_KEYS, DEMO_PATHS } from '../../config/demo.ts'
import { startDemoProvider } from '../../proxy/demo/server.ts'
import type { Metadata } from '../../shared/protocol/message.ts'
import { addCounts, NO_USAGE, UsageView, type UsageViewRow } from '../../shared/protocol/usage.ts'
import { Overlay, writeConfig } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'
import { freePort, scratchFolder } from '../harness/scratch.ts'

let overlay: Overlay
let behrooz: PeerClient
let alice: PeerClient
/** What was asked so far, as the answers themselves tell it. */
let expected = { calls: 0, failed: 0, interrupted: 0, cancelled: 0, input: 0, output: 0, thinking: 0, withoutUsage: 0 }

beforeAll(async () => {
  overlay = await Overlay.start({ args: ['--demo', '--only', 'behrooz,alice'] })
  behrooz = await PeerClient.connect(overlay.peer(0))
  alice = await PeerClient.connect(overlay.peer(1))
})
afterAll(async () => {
  for (const client of [behrooz, alice]) client[Symbol.dispose]()
  await overlay[Symbol.asyncDispose]()
})

function expectAnswer({ usage, error }: Metadata): void {
  const { input = 0, output = 0, thinking = 0 } = usage ?? {}
  expected = {
    ...expected,
    calls: expected.calls + 1,
    failed: expected.failed + (error === undefined ? 0 : 1),
    input: expected.input + input,
    output: expected.output + output,
    thinking: expected.thinking + thinking,
  }
}

async function ask(peer: PeerClient, route: string, question = 'What is an overlay network?'): Promise<Metadata> {
  const id = await peer.send(route, question)
  const { metadata } = await peer.message(message => message.metadata.replyTo === id)
  expectAnswer(metadata)
  return metadata
}

const sum = (rows: readonly UsageViewRow[]) => rows.reduce(addCounts, NO_USAGE)
const view = async (of = overlay) => UsageView.parse((await call('GET', `${of.controller}/api/usage?days=2`)).body)

/** The usage once as many answers are in it as were asked: never more. The controller may be away meanwhile. */
async function counted(): Promise<UsageView> {
  for (;;) {
    const now = await view().catch(() => undefined)
    const calls = now === undefined ? 0 : sum(now.rows).calls
    expect(calls).toBeLessThanOrEqual(expected.calls)
    if (now !== undefined && calls === expected.calls) return now
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

test('usage tells answers, failures and tokens by proxy, route and model, labelled as demonstration', async () => {
  const answer = await ask(behrooz, 'GPT')
  expect(answer.usage?.output).toBeGreaterThan(0)
  expect(answer).not.toHaveProperty('cost')
  await ask(behrooz, 'GEMINI', '[[thinking]] Why is the sky blue?')
  await ask(behrooz, 'ANTHROPIC', '[[error 401]] Anybody there?')
  await ask(alice, 'GPT')
  const { rows, totals } = await counted()
  expect(rows.map(({ proxy, route, model, calls, failed }) => [proxy, route, model, calls, failed])).toEqual([
    ['alice', 'GPT', 'gpt-6-luna', 1, 0],
    ['behrooz', 'ANTHROPIC', 'claude-sonnet-5-5', 1, 1],
    ['behrooz', 'GEMINI', 'gemini-3.5-flash-lite', 1, 0],
    ['behrooz', 'GPT', 'gpt-6-luna', 1, 0],
  ])
  for (const row of rows) expect(row).toMatchObject({ demo: true, currency: null, cost: 0, withoutCost: 0 })
  expect(totals).toMatchObject([{ ...expected, demo: true, firstPieces: 3, timed: 3 }])
  const metrics = await (await fetch(`${overlay.proxy(0)}/metrics`)).text()
  expect(metrics).toContain('overlay_proxy_ai_calls_total{route="ANTHROPIC",demo="true",result="failed"} 1')
  expect(metrics).toContain('overlay_proxy_ai_calls_total{route="GPT",demo="true",result="answered"} 1')
  expect(metrics).toMatch(/overlay_proxy_ai_tokens_total\{route="GEMINI",demo="true",kind="thinking"\} [1-9]/)
})

test('usage is whole after the proxy and the controller were killed, with answers under way and reports unsent', async () => {
  const slow = await behrooz.send('GPT', '[[slow]] Tell me a long story.')
  await behrooz.event(event => event.name === 'delta' && event.data.replyTo === slow)
  overlay.kill('proxy behrooz')
  await behrooz.event(event => event.name === 'state' && event.data.id === slow && event.data.state === 'failed')
  expected = {
    ...expected,
    calls: expected.calls + 1,
    interrupted: expected.interrupted + 1,
    withoutUsage: expected.withoutUsage + 1,
  }
  overlay.kill('controller')
  await ask(behrooz, 'MISTRAL').catch(() => undefined)
  overlay.kill('proxy behrooz')
  await ask(alice, 'MISTRAL')
  await counted()
  overlay.kill('controller')
  overlay.kill('proxy alice')
  await ask(behrooz, 'GEMINI')
  const { rows, totals } = await counted()
  expect(totals).toMatchObject([expected])
  expect(rows.filter(row => row.route === 'GPT' && row.proxy === 'behrooz')).toMatchObject([
    { calls: 2, interrupted: 1, withoutUsage: 1, withoutCost: 0 },
  ])
})

test('cost is put to an answer by the price of its model, and said to be unknown for a model without one', async () => {
  const port = await freePort()
  await using _provider = await startDemoProvider({ port })
  const at = (path: string) => `http://127.0.0.1:${port}${path}`
  const route = (kind: 'openai' | 'mistral', model: string) => ({
    ...{ kind, model, baseUrl: at(DEMO_PATHS[kind]), credential: kind },
  })
  const routes = { GPT: route('openai', 'gpt-4.1-mini'), MISTRAL: route('mistral', 'mistral-small-latest') }
  const prices = { 'gpt-4.1-mini': { date: '2026-01-02', currency: 'EUR', input: 0.5, output: 2 } }
  const config = writeConfig(scratchFolder(), standard => ({ ...standard, routes, prices }))
  await using real = await Overlay.start({ args: ['--config', config, '--only', 'behrooz'] })
  for (const provider of ['openai', 'mistral'] as const)
    await call('PUT', `${real.controller}/api/credentials/${provider}`, {
      ...{ provider, value: DEMO_KEYS[provider], origins: [at('')] },
    })
  using person = await PeerClient.connect(real.peer(0))
  const answers: Metadata[] = []
  for (const name of ['GPT', 'MISTRAL']) {
    const id = await person.send(name, 'What is an overlay network?')
    answers.push((await person.message(message => message.metadata.replyTo === id)).metadata)
  }
  const { input = 0, output = 0 } = answers[0]?.usage ?? {}
  const amount = Number(((input * 0.5 + output * 2) / 1_000_000).toPrecision(12))
  expect(answers[0]?.cost).toEqual({ amount, currency: 'EUR', priceDate: '2026-01-02' })
  expect(answers[1]).not.toHaveProperty('cost')
  let now = await view(real)
  while (sum(now.rows).calls < 2) now = await view(real)
  expect(now.totals).toMatchObject([
    { currency: 'EUR', demo: false, calls: 1, cost: amount, withoutCost: 0 },
    { currency: null, demo: false, calls: 1, cost: 0, withoutCost: 1 },
  ])
})
