/** Every route of every process × 30 mixes of headers that pages of others send, and those pages themselves in Chromium: nothing is read, nothing is written. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { Overlay, persons, temporaryFolder, writeConfig } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'
import { together } from './deliver.ts'
import { draws, seed } from './draw.ts'
import { addressOf } from './hostile-upstream.ts'
import { foreignMixes } from './mixes.ts'
import { type RouteOf, routesOf } from './routes.ts'
import { isFull, report } from './table.ts'
import { valid } from './valid.ts'

let overlay: Overlay
beforeAll(async () => {
  // Nobody answers by itself: what changes was written by somebody else.
  const config = writeConfig(temporaryFolder(), persons('behrooz', 'alice', 'bob'))
  overlay = await Overlay.start({ args: ['--demo', '--only', 'alice,bob', '--config', config] })
})
afterAll(() => overlay?.[Symbol.asyncDispose]())

const origins = () => [overlay.peer(1), overlay.proxy(1), overlay.controller]
const STATIC: readonly RouteOf[] = ['/', '/openapi.json', '/favicon.svg'].map(path => ({
  method: 'GET',
  path,
  parameters: [],
  body: undefined,
}))

type Heard = { readonly status: number; readonly text: string }
const ask = (
  origin: string,
  path: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body: string | undefined },
): Promise<Heard> =>
  new Promise((resolve, reject) => {
    const outgoing = request(origin + path, { method, headers }, response => {
      let text = ''
      const done = () => resolve({ status: response.statusCode ?? 0, text })
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        if (response.headers['content-type'] === 'text/event-stream') response.destroy()
      })
      response.once('close', done)
    })
    outgoing.on('error', reject).end(body)
  })

/** What anybody may see of the state that a request could have changed. */
const state = async () =>
  JSON.stringify(
    await Promise.all(
      [
        `${overlay.peer(1)}/api/me`,
        `${overlay.peer(1)}/api/conversations`,
        `${overlay.controller}/api/credentials`,
        `${overlay.controller}/api/proxies/alice/endpoints`,
      ].map(async url => (await call('GET', url)).body),
    ),
  )

const known = { names: ['bob', 'alice'], uuids: [], urls: ['http://127.0.0.1:1'], hosts: ['127.0.0.1'], ports: [1] }

test.runIf(isFull)('no route of any process answers a foreign page or another name', async () => {
  using alice = await PeerClient.connect(overlay.peer(1))
  await alice.state(await alice.send('bob', 'what nobody else may read'), 'received')
  const before = await state()
  const random = draws(seed, 1)[0]
  if (random === undefined) throw new Error('unreachable')
  const reads: string[] = []
  let tried = 0
  for (const origin of origins()) {
    const own = new URL(origin).host
    for (const route of [...STATIC, ...(await routesOf(origin))]) {
      const path = route.path.replaceAll('{peer}', 'bob').replaceAll('{name}', 'alice').replaceAll('{id}', 'openai')
      const body = route.body === undefined ? undefined : JSON.stringify(valid(route.body, { draw: random, known }))
      await together(foreignMixes(own), 10, async mix => {
        tried += 1
        const headers = { ...(body !== undefined && { 'content-type': 'application/json' }), ...mix }
        const { status, text } = await ask(origin, path, { method: route.method, headers, body })
        const isRefused = [400, 403, 415, 421].includes(status) && /^(|\{"error".*)$/s.test(text)
        if (!isRefused) reads.push(`${route.method} ${path} ${JSON.stringify(mix)}: ${status}`)
      })
    }
  }
  const writes = (await state()) === before ? 0 : 1
  report({
    attack: 'every route × 30 mixes of Host, Origin, Sec-Fetch-Site, Content-Type',
    tried,
    found: `${reads.length} reads, ${writes} writes`,
    held: reads.length + writes === 0,
  })
  expect(reads).toEqual([])
  expect(await state()).toBe(before)
})

/** What a page of another origin tries against one address; each resolves to what it could read. */
const TRIES = `
  const tries = [
    origin => fetch(origin + '/api/me').then(r => r.text()),
    origin => fetch(origin + '/api/conversations', { credentials: 'include' }).then(r => r.text()),
    origin => fetch(origin + '/peers').then(r => r.text()),
    origin => fetch(origin + '/api/credentials').then(r => r.text()),
    origin => fetch(origin + '/openapi.json').then(r => r.text()),
    origin => fetch(origin + '/api/conversations/bob/messages', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"message":"written by a page"}' }).then(r => r.ok ? 'written' : ''),
    origin => fetch(origin + '/api/conversations/bob/messages', { method: 'POST', mode: 'no-cors', body: '{"message":"written by a page"}' }).then(r => r.text()),
    origin => fetch(origin + '/api/conversations', { method: 'DELETE' }).then(r => r.ok ? 'deleted' : ''),
    origin => fetch(origin + '/api/credentials/openai', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"provider":"openai","value":"sk-evil-evil-evil"}' }).then(r => r.ok ? 'written' : ''),
    origin => fetch(origin + '/events?commands=written%20by%20a%20page', { mode: 'no-cors' }).then(r => r.text()),
    origin => navigator.sendBeacon(origin + '/api/conversations/bob/read', '') && '',
    origin => new Promise(resolve => {
      const source = new EventSource(origin + '/api/events')
      source.onmessage = source.onopen = () => resolve('heard')
      source.onerror = () => resolve('')
      setTimeout(() => { source.close(); resolve('') }, 1500)
    }),
    origin => new Promise(resolve => {
      const frame = document.createElement('iframe')
      frame.src = origin + '/events?commands=written%20by%20a%20page'
      frame.onload = () => { try { resolve(frame.contentDocument.body.innerText) } catch { resolve('') } }
      document.body.append(frame)
      setTimeout(() => resolve(''), 1500)
    }),
    origin => new Promise(resolve => {
      const script = document.createElement('script')
      script.src = origin + '/assets/x.js'
      script.onload = () => resolve('run')
      script.onerror = () => resolve('')
      document.body.append(script)
    }),
    origin => new Promise(resolve => {
      const form = document.createElement('form')
      form.method = 'post'
      form.enctype = 'text/plain'
      form.target = 'sink'
      form.action = origin + '/api/conversations/bob/messages'
      form.innerHTML = '<input name=\\'{"message":"written by a page","x":"\\' value=\\'"}\\'>'
      document.body.insertAdjacentHTML('beforeend', '<iframe name=sink></iframe>')
      document.body.append(form)
      form.submit()
      setTimeout(() => resolve(''), 300)
    }),
  ]
  globalThis.attack = async origins => {
    const got = []
    for (const origin of origins) for (const one of tries) got.push(await Promise.resolve().then(() => one(origin)).catch(() => ''))
    return got
  }
`

test.runIf(isFull)('pages of other ports and names bound anew to this machine read and write nothing', async () => {
  await using browser = await Browser.open({ args: ['--host-resolver-rules=MAP *.rebound.example 127.0.0.1'] })
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body></body>'),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const before = await state()
  const commands = async () => (await call('GET', `${overlay.proxy(2)}/peers`)).body
  const told = JSON.stringify(await commands())
  const page = await browser.context.newPage()
  const got: string[] = []
  const attackFrom = async (from: string, targets: readonly string[]) => {
    await page.goto(from)
    const found: string[] = await page.evaluate(`${TRIES}; attack(${JSON.stringify(targets)})`)
    got.push(...found)
  }
  const { port } = addressOf(server)
  await attackFrom(`http://127.0.0.1:${port}/`, origins())
  await attackFrom(
    `http://localhost:${port}/`,
    origins().map(origin => origin.replace('127.0.0.1', 'localhost')),
  )
  for (const origin of origins()) {
    // The name of the page is the name of the target: the same origin, as the browser sees it.
    const rebound = origin.replace('127.0.0.1', 'a.rebound.example')
    await attackFrom(`http://b.rebound.example:${port}/`, [rebound])
    const answer = await page.goto(`${rebound}/api/me`)
    got.push(answer?.status() === 421 ? '' : 'shown')
  }
  server.closeAllConnections()
  server.close()
  const successes = got.filter(text => text !== '')
  const writes = (await state()) === before && JSON.stringify(await commands()) === told ? 0 : 1
  report({
    attack: 'Chromium: pages of other ports, and rebound names',
    tried: got.length,
    found: `${successes.length + writes} successes`,
    held: successes.length + writes === 0,
  })
  expect(successes).toEqual([])
  expect(await state()).toBe(before)
  expect(JSON.stringify(await commands())).toBe(told)
})
