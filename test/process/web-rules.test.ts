/** The rules of a local web server: no other page, and no other name, gets anything done or read. */
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freeBase } from '../harness/free-base.ts'
import { Overlay, temporaryFolder, writeConfig } from '../harness/overlay.ts'

let overlay: Overlay
beforeAll(async () => {
  const base = await freeBase()
  // alice listens elsewhere: the rules are the same there, but for the names that lead to it.
  const config = writeConfig(temporaryFolder(), ({ instances, ...given }) => ({
    ...given,
    instances: Array.isArray(instances)
      ? instances.map(one =>
          one.name === 'alice' ? { ...one, peer: `127.0.0.2:${base + 1}`, proxy: `127.0.0.2:${base + 5001}` } : one,
        )
      : instances,
  }))
  overlay = await Overlay.start({ base, args: ['--only', 'behrooz,alice', '--config', config] })
})
afterAll(() => overlay[Symbol.asyncDispose]())

type Try = { method: string; path: string; headers: Record<string, string>; body?: string }

const attempt = (url: string, { method, path, headers, body }: Try): Promise<number> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method, headers }, response => {
      response.destroy()
      resolve(response.statusCode ?? 0)
    })
    outgoing.on('error', reject).end(body)
  })

/** Sends bytes as they are and gives the status line. */
const raw = (port: number, text: string, host = '127.0.0.1'): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(text))
    socket.once('data', data => {
      socket.destroy()
      resolve(String(data).split('\r\n')[0] ?? '')
    })
    socket.once('error', reject)
  })

const servers = () => [overlay.peer(0), overlay.proxy(0), overlay.controller]
const routes: Record<string, Try[]> = {
  peer: [
    { method: 'GET', path: '/', headers: {} },
    { method: 'GET', path: '/api/conversations', headers: {} },
    { method: 'GET', path: '/api/events', headers: {} },
    {
      method: 'POST',
      path: '/api/conversations/alice/messages',
      headers: { 'content-type': 'application/json' },
      body: '{"message":"x"}',
    },
    { method: 'DELETE', path: '/api/conversations', headers: {} },
  ],
  proxy: [
    { method: 'GET', path: '/peers', headers: {} },
    { method: 'GET', path: '/events', headers: {} },
    { method: 'POST', path: '/messages', headers: { 'content-type': 'application/json' }, body: '{}' },
    { method: 'POST', path: '/overlay/messages', headers: { 'content-type': 'application/json' }, body: '{}' },
  ],
  controller: [
    { method: 'GET', path: '/api/proxies', headers: {} },
    {
      method: 'PUT',
      path: '/api/credentials/openai',
      headers: { 'content-type': 'application/json' },
      body: '{"provider":"openai","value":"sk-evil-evil-evil"}',
    },
    { method: 'DELETE', path: '/api/proxies/alice', headers: {} },
  ],
}

test.each([
  { host: 'evil.example' },
  { host: 'localhost' },
  { host: 'localhost:1' },
  { host: '127.0.0.1.nip.io:80' },
  { origin: 'http://evil.example' },
  { origin: 'null' },
  { origin: 'http://localhost:1' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
])('no route of any process answers a request with %o', async headers => {
  const servers = { peer: overlay.peer(0), proxy: overlay.proxy(0), controller: overlay.controller }
  for (const [kind, tries] of Object.entries(routes))
    for (const one of tries) {
      const url = servers[kind === 'peer' || kind === 'proxy' ? kind : 'controller']
      const given = Object.entries(headers).filter(([, value]) => value !== undefined)
      const status = await attempt(url, { ...one, headers: { ...one.headers, ...Object.fromEntries(given) } })
      expect([one.path, [403, 421].includes(status)]).toEqual([one.path, true])
    }
})

test('a doubled Host header, a missing one, and a whole address in the request line are refused', async () => {
  for (const url of servers()) {
    const port = Number(new URL(url).port)
    const host = `Host: 127.0.0.1:${port}\r\n`
    expect(await raw(port, `GET /healthz HTTP/1.1\r\n${host}${host}\r\n`)).toMatch(/ 4\d\d /)
    expect(await raw(port, `GET /healthz HTTP/1.1\r\n\r\n`)).toMatch(/ 4\d\d /)
    expect(await raw(port, `GET http://evil.example/healthz HTTP/1.1\r\n${host}\r\n`)).toMatch(/ 421 /)
    expect(await raw(port, `GET /healthz HTTP/1.1\r\n${host}\r\n`)).toMatch(/ 200 /)
  }
})

test('a process on another address answers to that one alone', async () => {
  for (const port of [overlay.base + 1, overlay.base + 5001]) {
    const status = (name: string) => raw(port, `GET /healthz HTTP/1.1\r\nHost: ${name}\r\n\r\n`, '127.0.0.2')
    expect(await status(`127.0.0.2:${port}`)).toMatch(/ 200 /)
    for (const name of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, '127.0.0.2', 'evil.example'])
      expect([name, await status(name)]).toEqual([name, expect.stringMatching(/ 421 /)])
  }
  await expect(raw(overlay.base + 1, 'GET /healthz HTTP/1.1\r\n\r\n')).rejects.toThrow('ECONNREFUSED')
  expect(overlay.output).toMatch(
    new RegExp(`alice +http://127\\.0\\.0\\.2:${overlay.base + 1} +127\\.0\\.0\\.2:${overlay.base + 5001} `),
  )
  expect(overlay.output).toMatch(new RegExp(`behrooz +http://localhost:${overlay.base} +127\\.0\\.0\\.1:`))
})

test('a form, and a compressed body, are refused', async () => {
  const body = { method: 'POST', path: '/api/conversations/alice/messages', body: '{"message":"x"}' }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    expect(await attempt(overlay.peer(0), { ...body, headers: { 'content-type': type } })).toBe(415)
  expect(
    await attempt(overlay.peer(0), {
      ...body,
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    }),
  ).toBe(415)
})

test('a body that hides its length is counted as it comes', async () => {
  const port = overlay.base
  const head = `POST /api/conversations/alice/messages HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`
  const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`
  expect(await raw(port, head + chunk.repeat(5))).toMatch(/ 413 /)
})

test('every page forbids what does not come from its own process', async () => {
  for (const url of servers()) {
    const response = await fetch(`${url}/healthz`)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  }
})

test('no foreign page leads a tab or a frame anywhere but to the page, whatever it asks for', async () => {
  const paths = ['/events?commands=planted', '/events?after=99', '/api/events', '/peers', '/healthz', '/openapi.json']
  for (const url of servers())
    for (const site of ['cross-site', 'same-site'])
      for (const dest of ['document', 'iframe', 'frame', 'embed', 'object']) {
        const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': dest }
        for (const path of paths)
          expect([path, dest, await attempt(url, { method: 'GET', path, headers })]).toEqual([path, dest, 403])
        const page = await attempt(url, { method: 'GET', path: '/', headers })
        expect([dest, page === 403]).toEqual([dest, dest !== 'document'])
      }
  const typed = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  for (const url of servers())
    for (const path of ['/healthz', '/openapi.json', '/metrics'])
      expect([path, await attempt(url, { method: 'GET', path, headers: typed })]).toEqual([path, 200])
})
