/** A fault proxy that breaks nothing would prove nothing: each fault is seen at both ends of a real connection. */
import { once } from 'node:events'
import { Agent, createServer, request, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { FaultProxy } from '../harness/fault-proxy.ts'
import { Heard } from '../harness/heard.ts'

const BODY = 'x'.repeat(5_000)
let server: Server
let port = 0
let proxy: FaultProxy
let agent: Agent
/** Requests that the server read to their end: their Host and how much they said. */
let served = new Heard<{ host: string | undefined; length: number }>()
/** Requests that broke off before their end. */
let broken = new Heard<string>()

beforeAll(async () => {
  server = createServer(async (asked, answer) => {
    let text = ''
    try {
      for await (const piece of asked) text += piece
    } catch {
      return broken.add(text)
    }
    served.add({ host: asked.headers.host, length: text.length })
    answer.end(`answer to ${text.length}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = address !== null && typeof address === 'object' ? address.port : 0
})
beforeEach(async () => {
  proxy = await FaultProxy.open(port)
  agent = new Agent({ keepAlive: true, maxSockets: 1 })
  served = new Heard()
  broken = new Heard()
})
afterEach(async () => {
  agent.destroy()
  await proxy[Symbol.asyncDispose]()
})
afterAll(() => server.close())

/** @returns the answer's text @throws the connection's error */
const ask = (signal?: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-length': BODY.length }
    const options = { host: '127.0.0.1', port: proxy.port, method: 'POST', agent, headers, ...(signal && { signal }) }
    const outgoing = request(options, async answer => {
      try {
        let text = ''
        for await (const piece of answer) text += piece
        resolve(text)
      } catch (error) {
        reject(error)
      }
    })
    outgoing.once('error', reject)
    outgoing.end(BODY)
  })

test('the fault proxy passes exchanges on one connection and names the server in them', async () => {
  expect([await ask(), await ask()]).toEqual(['answer to 5000', 'answer to 5000'])
  expect(served.all).toEqual([
    { host: `127.0.0.1:${port}`, length: 5000 },
    { host: `127.0.0.1:${port}`, length: 5000 },
  ])
  expect(proxy.counts).toEqual({ exchanges: 2, injected: 0, hit: 0 })
})

test('a reset before the answer comes after the server did what was asked', async () => {
  proxy.plan = () => ({ kind: 'reset', in: 'response', after: 0 })
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(served.all).toHaveLength(1)
  expect(proxy.counts).toEqual({ exchanges: 1, injected: 1, hit: 1 })
})

test.each(['reset', 'truncate'] as const)(
  'a %s in the midst of a request leaves the server with a part of it',
  async kind => {
    proxy.plan = () => ({ kind, in: 'request', after: 1_000 })
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' })
    if (kind === 'truncate') expect((await broken.first(() => true)).length).toBeLessThan(5_000)
    expect(served.all).toEqual([])
    expect(proxy.counts.hit).toBe(1)
  },
)

test('an answer that is truncated does not pass for a whole one', async () => {
  proxy.plan = () => ({ kind: 'truncate', in: 'response', after: 120 })
  await expect(ask()).rejects.toThrow()
  expect(served.all).toHaveLength(1)
})

test('what stalls arrives whole', async () => {
  proxy.plan = () => ({ kind: 'stall', in: 'request', after: 700, ms: 50 })
  expect(await ask()).toBe('answer to 5000')
  proxy.plan = () => ({ kind: 'stall', in: 'response', after: 10, ms: 50 })
  expect(await ask()).toBe('answer to 5000')
  expect(proxy.counts).toEqual({ exchanges: 2, injected: 2, hit: 2 })
})

test('a fault beyond the end of an exchange, or whose condition is not met, does not count as one that hit', async () => {
  proxy.plan = () => ({ kind: 'reset', in: 'response', after: 100_000 })
  await ask()
  proxy.plan = () => ({ kind: 'reset', in: 'response', after: 0, when: asked => asked.includes('y') })
  await ask()
  expect(proxy.counts).toEqual({ exchanges: 2, injected: 2, hit: 0 })
  proxy.plan = () => ({ kind: 'reset', in: 'response', after: 0, when: asked => asked.includes('xx') })
  await expect(ask()).rejects.toThrow()
})

test('a blocked request waits, and arrives after the partition also when its sender has given up', async () => {
  await ask()
  proxy.block('request')
  const impatient = new AbortController()
  const given = ask(impatient.signal)
  while (proxy.held === 0) await new Promise(resolve => setImmediate(resolve))
  expect(served.all).toHaveLength(1)
  impatient.abort()
  await expect(given).rejects.toThrow()
  proxy.heal()
  await served.times(2, () => true)
  expect(await ask()).toBe('answer to 5000')
})

test('a blocked answer waits although the server did what was asked', async () => {
  proxy.block('response')
  const answer = ask()
  await served.times(1, () => true)
  while (proxy.held === 0) await new Promise(resolve => setImmediate(resolve))
  proxy.heal()
  expect(await answer).toBe('answer to 5000')
})
