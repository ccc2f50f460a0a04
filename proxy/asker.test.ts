import { expect, test } from 'vitest'
import type { Store } from '../shared/process/store.ts'
import type { Endpoints, RouteLimits } from '../shared/protocol/route.ts'
import { openMemoryProxy } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { END, endless, saying, scripted, settled, text } from '../test/harness/scripted-caller.ts'
import type { Caller } from './providers/caller.ts'

const endpoints = {
  GPT: { kind: 'openai', baseUrl: 'http://localhost:1/v1', model: 'm1' },
} as const satisfies Endpoints
const open = (caller: Caller, folder = scratchFolder(), limits?: RouteLimits) => {
  const { GPT } = endpoints
  const limited = limits === undefined ? endpoints : { GPT: { ...GPT, limits } }
  return openMemoryProxy({ name: 'alice', folder, network: new MemoryNetwork(), endpoints: limited, caller })
}
const question = (message = 'why?') => sampleSubmission({ destination: 'GPT', message })

test('asker begins an answer anew when what came was thinking', async () => {
  const caller = saying(text('Hm.'), { kind: 'retract' }, text('Yes'), END)
  const proxy = await open(caller)
  const asked = question()
  await proxy.carrier.submit(asked)
  expect(await settled(proxy, asked.id)).toMatchObject([{ kind: 'message', message: { message: 'Yes' } }])
  const pieces = proxy.told.all.flatMap(event =>
    event.kind === 'signal' && event.signal.kind === 'delta' ? [event.signal.delta] : [],
  )
  expect(pieces.map(({ offset, text: piece }) => [offset, piece])).toEqual([
    [0, 'Hm.'],
    [0, 'Yes'],
  ])
})

test('asker tells each piece as it comes, and keeps the whole answer once', async () => {
  const caller = saying(
    text('to'),
    { kind: 'thinking', text: 'hm' },
    text('day'),
    { kind: 'usage', usage: { input: 3, output: 2 } },
    { ...END, detail: 'Done.', leftOut: ['seed'] },
  )
  const proxy = await open(caller)
  const asked = {
    ...question('which day?'),
    context: { system: 'Be kind.', turns: [{ role: 'user' as const, text: 'hello' }] },
  }
  await proxy.carrier.submit(asked)
  const kept = await settled(proxy, asked.id)
  const metadata = {
    replyTo: asked.id,
    model: 'm1',
    ending: 'stop',
    endingDetail: 'Done.',
    leftOut: ['seed'],
    usage: { input: 3, output: 2 },
  }
  expect(kept).toMatchObject([
    { kind: 'message', message: { sender: 'GPT', destination: 'alice', message: 'today', type: 'chat', metadata } },
  ])
  const pieces = proxy.told.all.flatMap(event =>
    event.kind === 'signal' && event.signal.kind === 'delta' ? [event.signal.delta] : [],
  )
  expect(pieces.map(({ offset, text: piece }) => [offset, piece])).toEqual([
    [0, 'to'],
    [2, 'day'],
  ])
  expect(kept[0]).toMatchObject({ message: { id: pieces[0]?.id } })
  expect(caller.asked.all[0]?.question).toEqual({
    system: 'Be kind.',
    turns: [
      { role: 'user', text: 'hello' },
      { role: 'user', text: 'which day?' },
    ],
  })
})

test('asker does not ask again what it was handed again, before the answer and after', async () => {
  const caller = saying(text('once'), END)
  const proxy = await open(caller)
  const asked = question()
  await Promise.all([proxy.carrier.submit(asked), proxy.carrier.submit(asked)])
  await settled(proxy, asked.id)
  await proxy.carrier.submit(asked)
  await expect(proxy.carrier.submit({ ...asked, message: 'another' })).rejects.toMatchObject({ code: 'id_conflict' })
  await settled(proxy, asked.id)
  expect(caller.asked.all).toHaveLength(1)
  expect(proxy.kept()).toHaveLength(1)
})

test('asker keeps the text that was shown when the call fails in a way that nobody foresaw', async () => {
  const caller = scripted(async function* () {
    yield text('half')
    throw new TypeError('a fault of ours')
  })
  const proxy = await open(caller)
  const asked = question()
  await proxy.carrier.submit(asked)
  const [kept] = await settled(proxy, asked.id)
  const detail = 'The answer broke off. The call failed unexpectedly; the log of the proxy has the details.'
  expect(kept).toMatchObject({
    message: { message: 'half', type: 'chat', metadata: { ending: 'interrupted', endingDetail: detail } },
  })
})

test('asker says why there is no answer, and asks again when told to', async () => {
  const caller = scripted(async function* (_, n) {
    if (n === 1) yield { kind: 'error', failure: { code: 'overloaded', message: 'Try later.', retryable: true } }
    else yield* [text('now'), END]
  })
  const proxy = await open(caller)
  const asked = question()
  await proxy.carrier.submit(asked)
  expect(await settled(proxy, asked.id)).toMatchObject([
    {
      kind: 'message',
      message: {
        type: 'notification',
        message: 'Try later.',
        metadata: { autoReply: true, replyTo: asked.id, error: { code: 'overloaded', retryable: true } },
      },
    },
    { kind: 'failed', id: asked.id, destination: 'GPT', reason: 'Try later.', cancelled: false },
  ])
  await proxy.carrier.submit(asked)
  expect(await settled(proxy, asked.id)).toHaveLength(2)
  await proxy.carrier.submit({ ...asked, attempt: 1 })
  while (proxy.kept().length < 3) await new Promise(resolve => setImmediate(resolve))
  expect(proxy.kept().at(-1)).toMatchObject({ message: { message: 'now' } })
})

test('asker stops an answer, by the id of the question or of the answer, and keeps what came', async () => {
  for (const by of ['question', 'answer']) {
    const proxy = await open(endless())
    const asked = question()
    await proxy.carrier.submit(asked)
    const piece = await proxy.told.first(event => event.kind === 'signal')
    const answer = piece.kind === 'signal' && piece.signal.kind === 'delta' ? piece.signal.delta.id : ''
    expect(proxy.asker.present()).toMatchObject([
      { kind: 'asking', id: asked.id },
      { kind: 'signal', signal: { delta: { offset: 0, text: 'half' } } },
    ])
    expect(await proxy.carrier.cancel(by === 'question' ? asked.id : answer)).toBe(true)
    expect(await settled(proxy, asked.id)).toMatchObject([
      { kind: 'message', message: { id: answer, message: 'half', metadata: { ending: 'cancelled' } } },
    ])
    expect(await proxy.carrier.cancel(asked.id)).toBe(false)
  }
})

test('asker runs at most 16 calls at once, and the others in their turn', async () => {
  let running = 0
  let most = 0
  const caller = scripted(async function* () {
    running += 1
    most = Math.max(most, running)
    await new Promise(resolve => setImmediate(resolve))
    running -= 1
    yield* [text('x'), END]
  })
  const proxy = await open(caller)
  const all = Array.from({ length: 40 }, () => question())
  await proxy.carrier.submitAll(all)
  for (const { id } of all) await settled(proxy, id)
  expect([most, caller.asked.all.length, proxy.kept().length]).toEqual([16, 40, 40])
})

test('asker that stops in the midst of an answer keeps what came and never asks again by itself', async () => {
  const folder = scratchFolder()
  const proxy = await open(endless(), folder)
  const asked = question()
  await proxy.carrier.submit(asked)
  await proxy.told.first(event => event.kind === 'signal')
  await proxy.close()
  const caller = saying(text('again'), END)
  const later = await open(caller, folder)
  await later.asker.resume()
  expect(later.kept()).toMatchObject([
    { kind: 'message', message: { message: 'half', metadata: { ending: 'interrupted' } } },
  ])
  expect(caller.asked.all).toEqual([])
})

test('asker reports a call that a crash interrupted as of unknown outcome, and asks what was not asked yet', async () => {
  const folder = scratchFolder()
  const proxy = await open(saying(), folder, { parallel: 1, waiting: 64 })
  const begun = question('begun')
  const waiting = question('waiting')
  await proxy.store.write(() => {
    for (const one of [begun, waiting]) proxy.asker.accept(one)
  })
  await proxy.close()
  const caller = saying(text('answer'), END)
  const later = await open(caller, folder)
  await later.asker.resume()
  const kept = await settled(later, waiting.id)
  expect(kept).toMatchObject([
    { kind: 'failed', id: begun.id, reason: expect.stringContaining('outcome is unknown') },
    { kind: 'message', message: { metadata: { replyTo: waiting.id } } },
  ])
  expect(caller.asked.all).toHaveLength(1)
})

test('asker says that there is no answer when the call fails unexpectedly', async () => {
  const caller = scripted(async function* () {
    yield* []
    throw new Error('a bug')
  })
  const proxy = await open(caller)
  const asked = question()
  await proxy.carrier.submit(asked)
  await caller.asked.first(() => true)
  for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve))
  expect(proxy.kept()).toMatchObject([{ kind: 'message' }, { id: asked.id, kind: 'failed' }])
})

test('asker refuses an id that was used for another AI', async () => {
  const proxy = await open(saying(text('x'), END))
  await proxy.routing.apply({
    version: 2,
    endpoints: { ...endpoints, OTHER: { kind: 'mistral', baseUrl: 'http://localhost:1/v1', model: 'm2' } },
  })
  const asked = question()
  await proxy.carrier.submit(asked)
  await expect(proxy.carrier.submit({ ...asked, destination: 'OTHER' })).rejects.toMatchObject({ code: 'id_conflict' })
})

test('asker takes a question that comes while it starts for a new one, not for one that a crash interrupted', async () => {
  const proxy = await open(saying(text('new'), END))
  const asked = question()
  await Promise.all([proxy.carrier.submit(asked), proxy.asker.resume()])
  expect(await settled(proxy, asked.id)).toMatchObject([{ kind: 'message', message: { message: 'new' } }])
})

test('asker asks a question again that is handed over again in the very turn in which its answer is kept', async () => {
  const asked = question()
  let again: (() => void) | undefined
  const caller = scripted(async function* (_, n) {
    yield text(`answer ${n}`)
    if (n === 1) again = () => void proxy.carrier.submit({ ...asked, attempt: 1 })
    yield END
  })
  const wrap = (store: Store): Store => {
    const write = store.write.bind(store)
    store.write = work => {
      const written = write(work)
      const submit = again
      again = undefined
      submit?.()
      return written
    }
    return store
  }
  const network = new MemoryNetwork()
  const proxy = await openMemoryProxy({ name: 'alice', folder: scratchFolder(), network, endpoints, caller, wrap })
  await proxy.carrier.submit(asked)
  await caller.asked.first(() => caller.asked.all.length === 2)
  await settled(proxy, asked.id)
  expect(proxy.texts()).toEqual(['answer 1', 'answer 2'])
})
