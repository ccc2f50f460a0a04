/** Whoever stops an answer, and whenever: the connection to the provider is closed, and what came is kept. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { DEMO_KEYS } from '../config/demo.ts'
import { serveApp } from '../shared/process/http-server.ts'
import type { Delta, ProxyEvent } from '../shared/protocol/local.ts'
import { API_KINDS, type ApiRoute, type Endpoints, type RouteLimits } from '../shared/protocol/route.ts'
import { preciseNow, startDemoProcess } from '../test/harness/demo-process.ts'
import { Heard } from '../test/harness/heard.ts'
import { type MemoryProxy, openMemoryProxy, type Told } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { freePort, scratchFolder } from '../test/harness/scratch.ts'
import { aborted, END, endless, failing, saying, scripted, settled, text } from '../test/harness/scripted-caller.ts'
import { seeded } from '../test/harness/seeded.ts'
import type { Caller } from './providers/caller.ts'
import { testCaller } from './providers/testing/asking.ts'

/** The time within which a stopped call is closed at the provider, in milliseconds. */
const CLOSED_WITHIN_MS = 100
const MODELS = {
  openai: 'gpt-4.1-mini',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-2.5-flash',
  mistral: 'mistral-small-latest',
}
const GPT: Endpoints = { GPT: { kind: 'openai', baseUrl: 'http://localhost:1/v1', model: 'm1' } }

type Options = { caller: Caller; endpoints?: Endpoints; folder?: string; peerGraceMs?: number }
const open = ({ endpoints = GPT, folder = scratchFolder(), ...more }: Options) =>
  openMemoryProxy({ name: 'alice', folder, network: new MemoryNetwork(), endpoints, ...more })

/** A proxy with a route to each API of a demonstration provider, by the name of its kind. */
async function demo({ pieceMs, ...options }: { pieceMs: number } & Partial<Options>) {
  const provider = await startDemoProcess(pieceMs)
  onTestFinished(() => provider[Symbol.dispose]())
  const endpoints: Endpoints = Object.fromEntries(
    API_KINDS.map(kind => {
      const route = { kind, baseUrl: provider.baseUrls[kind], model: MODELS[kind], credential: kind }
      return [kind, { ...route, privateNetwork: true }]
    }),
  )
  const proxy = await open({ caller: testCaller(), endpoints, ...options })
  const origins = [`http://127.0.0.1:${provider.port}`]
  proxy.routing.setCredentials(Object.fromEntries(API_KINDS.map(kind => [kind, { value: DEMO_KEYS[kind], origins }])))
  return { provider, proxy }
}

async function submit(proxy: MemoryProxy, { destination = 'GPT', message = 'why?' } = {}) {
  const asked = sampleSubmission({ destination, message })
  await proxy.carrier.submit(asked)
  return asked.id
}

const pieceOf = (event: Told): Delta | undefined =>
  event.kind === 'signal' && event.signal.kind === 'delta' ? event.signal.delta : undefined
const idOf = (event: ProxyEvent): string => (event.kind === 'failed' ? event.id : '')
const textOf = (proxy: MemoryProxy, id: string): string =>
  proxy.told.all.map(event => (pieceOf(event)?.replyTo === id ? pieceOf(event)?.text : '')).join('')

test('200 answers that are stopped at random are closed at the provider within 100 ms, kept as far as they came, and asked once', async () => {
  const { provider, proxy } = await demo({ pieceMs: 3 })
  const random = seeded(20_261_122)
  const times: number[] = []
  const came = new Map<string, string>()
  const one = async (n: number) => {
    const destination = API_KINDS[Math.floor(random() * API_KINDS.length)] ?? 'openai'
    const pieces = Math.floor(random() * 8)
    const message = `[[long 400]] question number ${n}.`
    const id = await submit(proxy, { destination, message })
    const call = await provider.callWith(`number ${n}.`)
    const isLast = (piece: Delta | undefined) => piece?.replyTo === id && piece.text === `word${pieces} `
    if (pieces > 0) await proxy.told.first(event => isLast(pieceOf(event)))
    const stall = provider.stall()
    const began = preciseNow()
    expect(await proxy.carrier.cancel(id)).toBe(true)
    const { how, at } = await provider.end(call)
    expect(how).toBe('closed-early')
    // The machine is shared: what it stood still for, a bare word to the provider waited as well.
    times.push(at - began - (await stall))
    came.set(id, textOf(proxy, id))
    while (proxy.questions.open(id) !== undefined) await new Promise(resolve => setImmediate(resolve))
  }
  for (let n = 0; n < 200; n += 1) await one(n)
  expect(times).toHaveLength(200)
  expect(Math.max(...times)).toBeLessThanOrEqual(CLOSED_WITHIN_MS)
  expect(provider.calls()).toHaveLength(200)
  const kept = proxy.kept()
  expect(kept).toHaveLength(200)
  for (const [id, part] of came) {
    expect(textOf(proxy, id)).toBe(part)
    const of = kept.filter(event => (event.kind === 'message' ? event.message.metadata.replyTo : idOf(event)) === id)
    expect(of).toMatchObject([
      part === ''
        ? { kind: 'failed', cancelled: true, reason: 'Stopped before any text came.' }
        : { kind: 'message', message: { message: part, metadata: { ending: 'cancelled' } } },
    ])
  }
  expect(proxy.asker.present()).toEqual([])
}, 60_000)

describe('a question is stopped', () => {
  test('while it waits before a retry', async () => {
    const waits = new Heard<string>()
    const log = { info: () => {}, warn: (_: object, event: string) => waits.add(event) }
    const sleep = async (_: number, signal: AbortSignal) => aborted(signal)
    const { provider, proxy } = await demo({ pieceMs: 1, caller: testCaller({ log, sleep }) })
    const id = await submit(proxy, { destination: 'openai', message: '[[error 429]]' })
    await waits.first(event => event === 'api call is tried again')
    await proxy.carrier.cancel(id)
    expect(await settled(proxy, id)).toMatchObject([{ kind: 'failed', id, cancelled: true }])
    expect(provider.calls()).toHaveLength(1)
  })

  test('while it waits for its turn', async () => {
    const caller = endless()
    const limits: RouteLimits = { parallel: 1, waiting: 2 }
    const proxy = await open({
      caller,
      endpoints: { GPT: { kind: 'openai', baseUrl: 'http://localhost:1', model: 'm', limits } },
    })
    const [first, second] = [await submit(proxy), await submit(proxy)]
    expect(await proxy.carrier.cancel(second)).toBe(true)
    expect(await settled(proxy, second)).toMatchObject([
      { kind: 'failed', id: second, cancelled: true, reason: 'Stopped before it was asked.' },
    ])
    await proxy.carrier.cancel(first)
    await settled(proxy, first)
    expect(caller.asked.all).toHaveLength(1)
  })

  test('while it waits for the route that answers instead', async () => {
    const endlessly = endless()
    const caller: Caller = {
      ask: ask => (ask.route.model === 'ill' ? saying(failing('overloaded')).ask(ask) : endlessly.ask(ask)),
      close: async () => {},
    }
    const ill: ApiRoute = { kind: 'openai', baseUrl: 'http://localhost:1', model: 'ill', fallback: ['OTHER'] }
    const limits: RouteLimits = { parallel: 1, waiting: 1 }
    const other: ApiRoute = { kind: 'openai', baseUrl: 'http://localhost:1', model: 'm', limits }
    const proxy = await open({ caller, endpoints: { GPT: ill, OTHER: other } })
    await submit(proxy, { destination: 'OTHER' })
    const id = await submit(proxy)
    await endlessly.asked.first(() => true)
    await proxy.told.first(event => event.kind === 'asking' && event.id === id)
    await new Promise(resolve => setImmediate(resolve))
    await proxy.carrier.cancel(id)
    expect(await settled(proxy, id)).toMatchObject([{ kind: 'failed', id, cancelled: true }])
    expect(endlessly.asked.all).toHaveLength(1)
  })

  test('for a reason that is told in words', async () => {
    const caller = endless()
    const proxy = await open({ caller })
    const id = await submit(proxy)
    await proxy.told.first(event => event.kind === 'signal')
    await proxy.app.request(`/messages/${id}?why=page_closed`, { method: 'DELETE' })
    const metadata = { ending: 'cancelled', endingDetail: 'Stopped because the page was closed.' }
    expect(await settled(proxy, id)).toMatchObject([{ kind: 'message', message: { message: 'half', metadata } }])
  })
})

describe('when the own peer goes away', () => {
  async function attachable(options: Options) {
    const proxy = await open(options)
    const port = await freePort()
    const server = await serveApp(proxy.app, { process: 'a test', port })
    onTestFinished(() => server[Symbol.asyncDispose]())
    const is = async (attached: boolean) => {
      while (proxy.link.isAttached !== attached) await new Promise(resolve => setImmediate(resolve))
    }
    const attach = async () => {
      const peer = new AbortController()
      onTestFinished(() => peer.abort())
      await fetch(`http://127.0.0.1:${port}/events`, { signal: peer.signal })
      await is(true)
      return async () => {
        peer.abort()
        await is(false)
      }
    }
    return { attach, proxy }
  }

  test('and stays away, what it asked is stopped and kept as far as it came, what waits is not asked', async () => {
    const caller = endless()
    const limits: RouteLimits = { parallel: 1, waiting: 2 }
    const endpoints: Endpoints = { GPT: { kind: 'openai', baseUrl: 'http://localhost:1', model: 'm', limits } }
    const { attach, proxy } = await attachable({ caller, endpoints, peerGraceMs: 30 })
    const leave = await attach()
    const [first, second] = [await submit(proxy), await submit(proxy)]
    await proxy.told.first(event => event.kind === 'signal')
    await leave()
    const reason = 'Stopped because the peer that asked was gone.'
    await settled(proxy, second)
    const kept = await settled(proxy, first)
    expect(kept).toContainEqual(expect.objectContaining({ kind: 'failed', id: second, cancelled: true, reason }))
    expect(kept).toContainEqual(
      expect.objectContaining({
        message: expect.objectContaining({
          message: 'half',
          metadata: expect.objectContaining({ ending: 'cancelled', endingDetail: reason }),
        }),
      }),
    )
    expect(caller.asked.all).toHaveLength(1)
  })

  test('and is back within the grace, nothing is lost', async () => {
    const goOn = new AbortController()
    const caller = scripted(async function* ({ signal }) {
      yield text('first ')
      await aborted(goOn.signal)
      yield signal.aborted ? { kind: 'end', ending: 'cancelled' } : text('and last')
      yield END
    })
    const { attach, proxy } = await attachable({ caller, peerGraceMs: 2_000 })
    const leave = await attach()
    const id = await submit(proxy)
    await proxy.told.first(event => event.kind === 'signal')
    await leave()
    await attach()
    await new Promise(resolve => setTimeout(resolve, 2_300))
    goOn.abort()
    expect(await settled(proxy, id)).toMatchObject([
      { message: { message: 'first and last', metadata: { ending: 'stop' } } },
    ])
  })

  test('what a program asked without any peer goes on', async () => {
    const goOn = new AbortController()
    const caller = scripted(async function* ({ signal }) {
      await aborted(goOn.signal)
      yield text(signal.aborted ? 'stopped' : 'whole')
      yield END
    })
    const { attach, proxy } = await attachable({ caller, peerGraceMs: 5 })
    const id = await submit(proxy)
    const leave = await attach()
    await leave()
    await new Promise(resolve => setTimeout(resolve, 30))
    goOn.abort()
    expect(await settled(proxy, id)).toMatchObject([{ message: { message: 'whole' } }])
  })
})

test('a question that only waits when the proxy stops is asked at the next start', async () => {
  const folder = scratchFolder()
  const limits: RouteLimits = { parallel: 1, waiting: 2 }
  const endpoints: Endpoints = { GPT: { kind: 'openai', baseUrl: 'http://localhost:1', model: 'm', limits } }
  const proxy = await open({ caller: endless(), endpoints, folder })
  const [first, second] = [await submit(proxy), await submit(proxy)]
  await proxy.told.first(event => event.kind === 'signal')
  await proxy.close()
  const caller = saying(text('later'), END)
  const later = await open({ caller, endpoints, folder })
  await later.asker.resume()
  expect(await settled(later, second)).toMatchObject([
    { message: { message: 'half', metadata: { replyTo: first, ending: 'interrupted' } } },
    { message: { message: 'later', metadata: { replyTo: second } } },
  ])
})
