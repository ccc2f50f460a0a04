/** The caller behind a web proxy: what goes through it, what it sees, and how it fails. */
import { once } from 'node:events'
import { createServer } from 'node:https'
import { expect, onTestFinished, test } from 'vitest'
import { type DispatcherOptions, providerDispatcher } from './dispatcher.ts'
import { answerTo, testCaller } from './testing/asking.ts'
import { beginStream, DONE, deadOrigin, startRawServer } from './testing/raw-server.ts'
import { CERTIFICATE, startWebProxy } from './testing/web-proxy-server.ts'
import { webProxiesOf } from './web-proxy.ts'

const KEY = 'sk-secret-0123456789-abcdef'
const stop = { kind: 'end', ending: 'stop' }
const failure = (code: string, message: RegExp, retryable: boolean) => ({
  kind: 'error',
  failure: { code, message: expect.stringMatching(message), retryable },
})

const answering = () =>
  startRawServer((_, response) => {
    beginStream(response, 'Hi')
    response.end(DONE)
  })

/** A caller with this environment. */
function callerIn(environment: Record<string, string>, options: DispatcherOptions = {}) {
  const dispatcher = providerDispatcher(webProxiesOf(environment), options)
  onTestFinished(() => dispatcher.destroy())
  return testCaller({ dispatcher })
}

/** As the proxy alone can reach it. */
const asProviderTest = (origin: string) => origin.replace('127.0.0.1', 'provider.test')

test.each(['HTTP_PROXY', 'http_proxy'])('a provider is reached through the web proxy of %s', async name => {
  const server = await answering()
  const proxy = await startWebProxy()
  const baseUrl = asProviderTest(server.origin)
  const caller = callerIn({ [name]: `http://joe:s3cret@${proxy.host}` })
  for (const _ of [1, 2]) expect(await answerTo(caller, { baseUrl, key: KEY })).toMatchObject({ text: 'Hi', end: stop })
  const authorization = `Basic ${Buffer.from('joe:s3cret').toString('base64')}`
  expect(proxy.asked[0]).toEqual({ target: new URL(baseUrl).host, authorization })
  expect(proxy.others).toEqual([])
  expect(server.requests).toHaveLength(2)
  for (const { request } of server.requests) {
    expect(request.headers).not.toHaveProperty('proxy-authorization')
    expect(request.headers.host).toBe(new URL(baseUrl).host)
    expect(request.headers.authorization).toBe(`Bearer ${KEY}`)
  }
})

test.each([
  ['http', false],
  ['https', true],
])('a web proxy with %s sees neither key nor question of a provider with https', async (scheme, tls) => {
  const server = createServer({ key: CERTIFICATE, cert: CERTIFICATE }, (request, response) => {
    expect(request.headers.authorization).toBe(`Bearer ${KEY}`)
    beginStream(response, 'Hi')
    response.end(DONE)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const proxy = await startWebProxy(undefined, { tls })
  const caller = callerIn({ HTTPS_PROXY: `${scheme}://${proxy.host}` }, { ca: CERTIFICATE })
  const baseUrl = `https://provider.test:${address.port}/v1`
  expect(await answerTo(caller, { baseUrl, key: KEY, text: 'a private matter' })).toMatchObject({
    text: 'Hi',
    end: stop,
  })
  expect(proxy.asked.map(({ target }) => target)).toEqual([`provider.test:${address.port}`])
  expect(proxy.carried().length).toBeGreaterThan(500)
  expect(proxy.carried()).not.toMatch(/sk-secret|private matter/)
})

test('loopback and what NO_PROXY names are reached directly', async () => {
  const server = await answering()
  const proxy = await startWebProxy()
  const through = { HTTP_PROXY: `http://${proxy.host}`, HTTPS_PROXY: `http://${proxy.host}` }
  expect(await answerTo(callerIn(through), { baseUrl: server.origin })).toMatchObject({ text: 'Hi' })
  const caller = callerIn({ ...through, NO_PROXY: 'provider.test' })
  const { end } = await answerTo(caller, { baseUrl: asProviderTest(server.origin) })
  expect(end).toMatchObject(failure('unreachable', /the name of the host/, true))
  expect(proxy.asked).toEqual([])
})

test('a credential goes to its own origins only, web proxy or not', async () => {
  const proxy = await startWebProxy()
  const caller = callerIn({ HTTPS_PROXY: `http://${proxy.host}` })
  const asking = { baseUrl: 'https://provider.test/v1', key: KEY, origins: ['https://api.openai.com'] }
  const { end } = await answerTo(caller, asking)
  expect(end).toMatchObject(failure('bad_request', /may only be sent to https:\/\/api\.openai\.com/, false))
  expect(proxy.asked).toEqual([])
})

test.each([
  [407, /the web proxy http:\/\/127\.0\.0\.1:\d+ of HTTPS_PROXY wants another user name or password, status 407/, 1],
  [403, /the web proxy http:\/\/127\.0\.0\.1:\d+ of HTTPS_PROXY refuses to connect, status 403/, 1],
  [503, /the web proxy http:\/\/127\.0\.0\.1:\d+ of HTTPS_PROXY refuses to connect, status 503/, 3],
  ['hang up' as const, /the web proxy http:\/\/127\.0\.0\.1:\d+ of HTTPS_PROXY cannot be reached: /, 3],
])('a web proxy that answers with %s is named, without its password', async (answer, message, times) => {
  const proxy = await startWebProxy(() => answer)
  const caller = callerIn({ HTTPS_PROXY: `http://joe:s3cret-s3cret@${proxy.host}` })
  const { end } = await answerTo(caller, { baseUrl: 'https://provider.test', key: KEY })
  expect(end).toMatchObject(failure('unreachable', message, times > 1))
  expect(proxy.asked).toHaveLength(times)
  expect(JSON.stringify([end, caller.logged])).not.toMatch(/s3cret|joe|am9l/)
})

test('a web proxy where nobody listens is named, without its password', async () => {
  const { host } = new URL(await deadOrigin())
  const caller = callerIn({ https_proxy: `http://joe:s3cret@${host}` })
  const { end } = await answerTo(caller, { baseUrl: 'https://provider.test' })
  const words =
    /https:\/\/provider\.test: the web proxy http:\/\/127\.0\.0\.1:\d+ of https_proxy cannot be reached: the connection was refused/
  expect(end).toMatchObject(failure('unreachable', words, true))
  expect(JSON.stringify([end, caller.logged])).not.toContain('s3cret')
})

test('a variable that holds no address of a web proxy is named, and asked once', async () => {
  const caller = callerIn({ HTTPS_PROXY: 'socks5://joe:s3cret@127.0.0.1:9' })
  const { end } = await answerTo(caller, { baseUrl: 'https://provider.test' })
  expect(end).toMatchObject(failure('unreachable', /HTTPS_PROXY is not the address of a web proxy/, false))
  expect(caller.waits).toEqual([])
  expect(JSON.stringify(end)).not.toContain('s3cret')
})

test('a web proxy that never answers is given up with the silence of the route', async () => {
  const proxy = await startWebProxy(() => 'silence')
  const caller = callerIn({ HTTPS_PROXY: `http://${proxy.host}` })
  const { end } = await answerTo(caller, { baseUrl: 'https://provider.test', timeoutMs: 200 })
  expect(end).toMatchObject(failure('timeout', /no sign of life for 0\.2 s/, true))
})
