import { expect, test } from 'vitest'
import type { Submission } from '../shared/protocol/local.ts'
import type { Endpoints } from '../shared/protocol/route.ts'
import type { CountedRow } from '../shared/protocol/usage.ts'
import { type MemoryProxy, openMemoryProxy } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import type { Prices } from './cost.ts'
import { MOST_FAILURES } from './providers/breaker.ts'
import type { Ask, Caller } from './providers/caller.ts'
import type { AnswerEvent, Failure } from './providers/provider.ts'

const prices: Prices = { m1: { date: '2026-01-02', currency: 'USD', input: 1, output: 2 } }
const route = (model: string) => ({ kind: 'openai' as const, baseUrl: 'http://localhost:1/v1', model })
const endpoints: Endpoints = {
  GPT: route('m1'),
  FREE: route('m2'),
  DEMO: { ...route('m1'), demo: true },
  ODD: route('a\0b'),
}
const END: AnswerEvent = { kind: 'end', ending: 'stop' }
const USAGE: AnswerEvent = { kind: 'usage', usage: { input: 30, output: 20, cached: 10, thinking: 5 } }
const text = (piece: string): AnswerEvent => ({ kind: 'text', text: piece })
const failure = (code: Failure['code']): AnswerEvent => ({
  kind: 'error',
  failure: { code, message: 'No.', retryable: false },
})

const caller = (script: (ask: Ask) => AsyncGenerator<AnswerEvent, void>): Caller => ({
  ask: script,
  close: async () => {},
})
const saying = (...events: AnswerEvent[]) =>
  caller(async function* () {
    yield* events
  })
const endless = (...before: AnswerEvent[]) =>
  caller(async function* ({ signal }) {
    yield* before
    if (!signal.aborted) await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    yield { kind: 'end', ending: 'cancelled' }
  })

const NOW = Date.parse('2026-01-02T23:59:59.500Z')
const open = (given: Caller, folder = scratchFolder(), now = () => NOW) =>
  openMemoryProxy({ name: 'alice', folder, network: new MemoryNetwork(), endpoints, prices, caller: given, now })
const question = (destination = 'GPT') => sampleSubmission({ destination, message: 'why?' })

async function ask(proxy: MemoryProxy, asked: Submission = question()) {
  await proxy.carrier.submit(asked)
  while (proxy.questions.find(asked.id) !== undefined) await new Promise(resolve => setImmediate(resolve))
  return proxy.kept()
}
function counted(proxy: MemoryProxy): Partial<CountedRow>[] {
  const { rows } = proxy.accounting
  const found = rows
    .stores('2000-01-01')
    .flatMap(store => rows.changed(store, { after: 0, since: '2000-01-01', limit: 1_000 }))
  return found.map(({ revision: _, ...row }) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== 0)),
  )
}
const KEY = { day: '2026-01-02', route: 'GPT', model: 'm1', currency: 'USD', demo: false }
const SPENT = { input: 30, output: 20, cached: 10, thinking: 5 }
const UNKNOWN = { ...KEY, currency: null, calls: 1, withoutUsage: 1, withoutCost: 1 }

test('accounting puts the cost to an answer, and adds answers to one row of their day, route and model', async () => {
  const times = [0, 0, 100, 300, 300]
  const proxy = await open(saying(text('hi'), USAGE, END), undefined, () => NOW - 10_000 + (times.shift() ?? 300))
  const [event] = await ask(proxy)
  expect(event).toMatchObject({
    message: { metadata: { cost: { amount: 0.00007, currency: 'USD', priceDate: '2026-01-02' } } },
  })
  await ask(proxy)
  const [row, ...others] = counted(proxy)
  expect(others).toEqual([])
  expect(row).toMatchObject({ ...KEY, calls: 2, input: 60, output: 40, cached: 20, thinking: 10, cost: 0.00014 })
  expect([row?.firstPieces, row?.timed, row?.withoutCost, row?.failed]).toEqual([2, 2, undefined, undefined])
})

test('accounting counts times as sums, with how many answers are in them', async () => {
  const proxy = await open(saying(text('hi'), USAGE, END))
  await ask(proxy)
  expect(proxy.accounting.rows.sums()).toMatchObject([{ firstPieceMs: 0, firstPieces: 1, totalMs: 0, timed: 1 }])
})

test.each<[string, Caller, string, object]>([
  ['of a model without a price', saying(text('x'), USAGE, END), 'FREE', { model: 'm2', route: 'FREE', ...SPENT }],
  ['whose tokens are not told', saying(text('x'), END), 'GPT', { withoutUsage: 1 }],
  ['that timed out', saying(failure('timeout')), 'GPT', { failed: 1, withoutUsage: 1 }],
  ['that broke off', saying(text('x'), failure('truncated')), 'GPT', { failed: 1, withoutUsage: 1 }],
  ['that was interrupted', saying(text('x'), { kind: 'end', ending: 'interrupted' }), 'GPT', { interrupted: 1 }],
])('accounting counts the cost of an answer %s as unknown', async (_, given, destination, expected) => {
  const proxy = await open(given)
  await ask(proxy, question(destination))
  expect(counted(proxy)).toMatchObject([{ ...KEY, currency: null, calls: 1, withoutCost: 1, ...expected }])
})

test('accounting counts a call that the API refused as failed, and its cost as none', async () => {
  const proxy = await open(saying(failure('wrong_key')))
  await ask(proxy)
  expect(counted(proxy)).toEqual([{ ...KEY, currency: null, calls: 1, failed: 1 }])
})

test('accounting has a row of its own for the demonstration: tokens, and no cost', async () => {
  const proxy = await open(saying(text('x'), USAGE, END))
  const [event] = await ask(proxy, question('DEMO'))
  expect(event).not.toHaveProperty('message.metadata.cost')
  const row = { ...KEY, route: 'DEMO', currency: null, demo: true, calls: 1, ...SPENT, firstPieces: 1, timed: 1 }
  expect(counted(proxy)).toEqual([row])
})

test('accounting keeps an answer whose model has a zero character in its name', async () => {
  const proxy = await open(saying(text('x'), END))
  await ask(proxy, question('ODD'))
  expect(counted(proxy)).toMatchObject([{ route: 'ODD', model: 'a b', calls: 1 }])
})

test('accounting counts what a person stopped, before its first piece and after', async () => {
  for (const before of [[], [text('half')]]) {
    const proxy = await open(endless(...before))
    const asked = question()
    await proxy.carrier.submit(asked)
    await proxy.told.first(event => event.kind === (before.length === 0 ? 'asking' : 'signal'))
    await new Promise(resolve => setImmediate(resolve))
    await proxy.carrier.cancel(asked.id)
    while (proxy.questions.find(asked.id) !== undefined) await new Promise(resolve => setImmediate(resolve))
    expect(counted(proxy)).toMatchObject([{ ...UNKNOWN, cancelled: 1 }])
  }
})

test('accounting counts the tokens of an answer that was stopped before it had a text', async () => {
  const proxy = await open(endless(USAGE))
  const asked = question()
  await proxy.carrier.submit(asked)
  await proxy.told.first(event => event.kind === 'asking')
  for (let turn = 0; turn < 3; turn += 1) await new Promise(resolve => setImmediate(resolve))
  await proxy.carrier.cancel(asked.id)
  while (proxy.questions.find(asked.id) !== undefined) await new Promise(resolve => setImmediate(resolve))
  expect(counted(proxy)).toMatchObject([{ ...KEY, calls: 1, cancelled: 1, ...SPENT, cost: 0.00007 }])
})

test('accounting counts what a crash or a stop interrupted once, and what was never asked not at all', async () => {
  const folder = scratchFolder()
  const proxy = await open(endless(), folder)
  const crashed = question()
  const takenBack = question()
  const stopped = question()
  await proxy.store.write(() => {
    for (const one of [crashed, takenBack]) proxy.asker.accept(one)
    proxy.questions.begin(crashed.id)
  })
  await proxy.asker.cancel(takenBack.id)
  await proxy.carrier.submit(stopped)
  await proxy.told.first(event => event.kind === 'asking' && event.id === stopped.id)
  await proxy.close()
  for (let start = 0; start < 2; start += 1) {
    const later = await open(saying(), folder)
    await later.asker.resume()
    expect(counted(later)).toMatchObject([{ ...UNKNOWN, calls: 2, interrupted: 2, withoutUsage: 2, withoutCost: 2 }])
    await later.close()
  }
})

test('accounting counts an answer by another route under the route that answered', async () => {
  const proxy = await open(saying())
  const asked = question()
  await proxy.store.write(() => {
    proxy.asker.accept(asked)
    proxy.questions.begin(asked.id)
  })
  const found = proxy.questions.find(asked.id)
  if (found === undefined) throw new Error('the question is gone')
  const metadata = { model: 'm2', usage: { input: 1, output: 1 }, fallback: { route: 'FREE', reason: 'GPT is down' } }
  await proxy.store.write(() => proxy.accounting.account(found, { metadata, failed: { reason: 'x', cancelled: true } }))
  expect(counted(proxy)).toMatchObject([{ route: 'FREE', model: 'm2', calls: 1, cancelled: 1 }])
})

test('accounting forgets days before one, and sums what is left', async () => {
  let now = NOW
  const proxy = await open(saying(text('x'), USAGE, END), undefined, () => now)
  await ask(proxy)
  now += 1_000
  await ask(proxy)
  expect(counted(proxy).map(({ day }) => day)).toEqual(['2026-01-02', '2026-01-03'])
  expect(proxy.accounting.rows.sums()).toMatchObject([{ route: 'GPT', currency: 'USD', demo: false, calls: 2 }])
  await proxy.store.write(() => proxy.accounting.rows.forget('2026-01-03'))
  expect(counted(proxy).map(({ day }) => day)).toEqual(['2026-01-03'])
})

test('a question that is refused without a call is no answer, and counts nothing', async () => {
  const proxy = await open(saying(failure('overloaded')))
  for (let time = 0; time < MOST_FAILURES; time += 1) await ask(proxy)
  const before = counted(proxy)
  expect(before).toMatchObject([{ calls: MOST_FAILURES, failed: MOST_FAILURES }])
  expect((await ask(proxy)).at(-1)).toMatchObject({ kind: 'failed', reason: expect.stringContaining('not asked now') })
  expect(counted(proxy)).toEqual(before)
})
