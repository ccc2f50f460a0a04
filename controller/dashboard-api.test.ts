import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../config/config.ts'
import { portsFrom } from '../config/ports.ts'
import { Api } from '../shared/process/api.ts'
import { silentLog } from '../shared/process/log.ts'
import { bearer } from '../shared/process/overlay-key.ts'
import { Secret } from '../shared/process/secret.ts'
import { postJson } from '../test/harness/memory-proxy.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { addDashboardApi } from './dashboard-api.ts'
import { Document, type State } from './document.ts'
import { Hub } from './hub.ts'
import { Presence } from './presence.ts'
import { addProxyApi } from './proxy-api.ts'
import { Store } from './store.ts'

const now = () => new Date('2026-01-02T03:04:05.000Z')
const KEY = new Secret('k'.repeat(64))
const config = loadConfig(join(import.meta.dirname, '..', 'config', 'overlay.json'))

async function controller() {
  const document = await Document.open(join(scratchFolder(), 'controller.json'))
  const store = new Store(document, { config, ports: portsFrom(5000), now })
  const presence = new Presence(now)
  const hub = new Hub({ demo: false, presence, state: () => store.state })
  hub[Symbol.dispose]()
  const changes: [State, State][] = []
  store.onChange((before, after) => changes.push([before, after]))
  const api = new Api({ title: 'test', log: silentLog() })
  addProxyApi(api, { key: KEY, store, hub, presence })
  addDashboardApi(api, { store, hub, presence })
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await api.app.request(path, init)
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
      text,
    }
  }
  const register = (name: string, port = 10_001, headers: Record<string, string> = bearer(KEY)) => {
    const init = postJson({ name, host: '127.0.0.1', port })
    return ask('/api/register', { ...init, headers: { 'content-type': 'application/json', ...headers } })
  }
  const put = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, { ...postJson(body, 'PUT'), headers: { 'content-type': 'application/json', ...headers } })
  return { ask, register, put, store, changes }
}
const peer = (port: number) => ({ kind: 'peer', host: '127.0.0.1', port })
const TABLE = '/api/proxies/alice/endpoints'

test('proxy registers with the overlay key and with no other', async () => {
  const { ask, register } = await controller()
  expect((await register('alice', 10_001, {})).status).toBe(401)
  expect((await register('alice', 10_001, { authorization: `Bearer ${'x'.repeat(64)}` })).status).toBe(401)
  expect((await ask('/api/proxies')).body).toEqual([])
  expect((await register('alice')).status).toBe(200)
  expect((await ask('/api/proxies')).body).toMatchObject([
    { name: 'alice', port: 10_001, status: 'active', connected: false, version: { wanted: 1, applied: null } },
  ])
})

test.each(['192.168.0.7', '0.0.0.0', 'example.com', '127.0.0.1.example.com'])(
  'proxy that registers at %s is refused with the reason',
  async host => {
    const { ask } = await controller()
    const headers = { 'content-type': 'application/json', ...bearer(KEY) }
    const refused = await ask('/api/register', { ...postJson({ name: 'alice', host, port: 10_001 }), headers })
    expect([refused.status, refused.body.error.field]).toEqual([422, 'host'])
    expect(refused.body.error.message).toContain('refused as long as members cannot prove who they are')
    expect((await ask('/api/proxies')).body).toEqual([])
    expect(
      (await ask('/api/register', { ...postJson({ name: 'alice', host: '127.9.8.7', port: 1 }), headers })).status,
    ).toBe(200)
  },
)

test('table is saved by the version that was read, and refused when it changed meanwhile', async () => {
  const { ask, put, register } = await controller()
  await register('alice')
  const read = await ask(TABLE)
  expect([read.status, read.headers.get('etag')]).toEqual([200, '"1"'])
  const saved = await put(TABLE, { endpoints: { bob: peer(1) } }, { 'if-match': '"1"' })
  expect([saved.status, saved.headers.get('etag'), saved.body]).toEqual([
    200,
    '"2"',
    { version: 2, endpoints: { bob: peer(1) } },
  ])
  const late = await put(TABLE, { endpoints: {} }, { 'if-match': '"1"' })
  expect([late.status, late.body.error.code]).toEqual([409, 'changed_meanwhile'])
  expect((await put(TABLE, { endpoints: {} })).body.error.code).toBe('version_required')
  expect((await put(TABLE, { endpoints: {} }, { 'if-match': '*' })).body.version).toBe(3)
})

test.each<readonly [endpoints: object, field: string]>([
  [{ bob: { kind: 'peer', host: '127.0.0.1', port: 0 } }, 'endpoints.bob.port'],
  [{ bob: { kind: 'carrier pigeon' } }, 'endpoints.bob.kind'],
  [{ 'a b': peer(1) }, 'endpoints.a b'],
  [{ bob: peer(1), BOB: peer(2) }, 'endpoints.BOB'],
  [{ bob: { ...peer(1), colour: 'red' } }, 'endpoints.bob'],
  [{ GPT: { kind: 'openai', baseUrl: 'ftp://x', model: 'm' } }, 'endpoints.GPT.baseUrl'],
  [
    { GPT: { kind: 'openai', baseUrl: 'https://evil.example/v1', model: 'm', credential: 'openai' } },
    'endpoints.GPT.baseUrl',
  ],
  ...[
    'http://localhost:11434/v1',
    'http://2130706433/v1',
    'http://[::ffff:169.254.169.254]/v1',
    'http://ollama:11434/v1',
    'https://api.openai.com@evil.example/v1',
    'https://@evil.example/v1',
    'https://x.example/v1#part',
    'https://x.example/v1#',
  ].map(baseUrl => [{ GPT: { kind: 'openai', baseUrl, model: 'm' } }, 'endpoints.GPT.baseUrl'] as const),
])('table %j is refused with the field', async (endpoints, field) => {
  const { put, register } = await controller()
  await register('alice')
  const answer = await put(TABLE, { endpoints }, { 'if-match': '*' })
  expect([answer.status, answer.body.error.field]).toEqual([422, field])
})

test('a route leads to a private network where it says so, and a query of its address is kept', async () => {
  const { put, register } = await controller()
  await register('alice')
  const local = { kind: 'openai', baseUrl: 'http://localhost:11434/v1', model: 'm', privateNetwork: true }
  const azure = { kind: 'openai', baseUrl: 'https://x.example/openai?api-version=2024-10-21', model: 'm' }
  const answer = await put(TABLE, { endpoints: { LOCAL: local, AZURE: azure } }, { 'if-match': '*' })
  expect(answer.body).toEqual({ version: 2, endpoints: { LOCAL: local, AZURE: azure } })
})

test('a credential is not narrowed away from routes that carry it: the answer names them, and nothing has changed', async () => {
  const { ask, put, register, store } = await controller()
  for (const name of ['alice', 'bob']) await register(name)
  const origins = ['https://api.openai.com', 'https://x.example']
  const value = 'sk-0123456789-abcd'
  await put('/api/credentials/openai', { provider: 'openai', value, origins })
  const elsewhere = { kind: 'openai', baseUrl: 'https://x.example/v1', model: 'm', credential: 'openai' }
  for (const name of ['alice', 'bob'])
    await put(`/api/proxies/${name}/endpoints`, { endpoints: { GPT: elsewhere } }, { 'if-match': '*' })
  const before = store.state
  const narrow = { provider: 'openai', origins: ['https://api.openai.com'] }
  for (const change of [narrow, { ...narrow, value: 'sk-another-0123' }]) {
    const refused = await put('/api/credentials/openai', change)
    expect([refused.status, refused.body.error.field]).toEqual([422, 'origins'])
    expect(refused.body.error.message).toContain('leaves out https://x.example')
    expect(refused.body.error.message).toContain('GPT of alice, GPT of bob.')
  }
  expect(store.state).toBe(before)
  // Where the credential is gone the routes wait for one, and the next one fits them too.
  expect((await ask('/api/credentials/openai', { method: 'DELETE' })).status).toBe(204)
  for (const name of ['alice', 'bob'])
    expect(
      (
        await put(
          `/api/proxies/${name}/endpoints`,
          { endpoints: { GPT: { ...elsewhere, credential: 'own' } } },
          { 'if-match': '*' },
        )
      ).status,
    ).toBe(200)
  const unfit = await put('/api/credentials/own', { provider: 'openai', value })
  expect([unfit.status, unfit.body.error.field]).toEqual([422, 'origins'])
  expect(
    (await put('/api/credentials/own', { provider: 'openai', value, origins: ['https://x.example'] })).status,
  ).toBe(200)
  // And a rollback to a version whose route may not carry the key any more is refused at the save.
  await put('/api/proxies/bob/endpoints', { endpoints: {} }, { 'if-match': '*' })
  await put('/api/proxies/alice/endpoints', { endpoints: {} }, { 'if-match': '*' })
  expect((await put('/api/credentials/own', { provider: 'openai', origins: ['https://x.example'] })).status).toBe(200)
  const moved = { provider: 'openai', value, origins: ['https://y.example'] }
  expect((await put('/api/credentials/own', moved)).status).toBe(200)
  const back = await ask('/api/proxies/bob/endpoints/rollback', postJson({ version: 3 }))
  expect([back.status, back.body.error.field]).toEqual([422, 'endpoints.GPT.baseUrl'])
})

test('history tells each version, and a rollback makes an earlier one the newest', async () => {
  const { ask, put, register, changes } = await controller()
  await register('alice')
  await put(TABLE, { endpoints: { bob: peer(1) } }, { 'if-match': '*' })
  await put(TABLE, { endpoints: { bob: peer(2), carol: peer(3) } }, { 'if-match': '*' })
  const history = await ask(`${TABLE}/history`)
  expect(history.body.map((version: { version: number }) => version.version)).toEqual([3, 2, 1])
  expect(history.body[0]).toMatchObject({
    author: 'dashboard',
    difference: { added: ['carol'], removed: [], changed: ['bob'] },
  })
  const back = await ask(`${TABLE}/rollback`, postJson({ version: 2 }))
  expect(back.body).toEqual({ version: 4, endpoints: { bob: peer(1) } })
  expect((await ask(`${TABLE}/rollback`, postJson({ version: 99 }))).status).toBe(404)
  expect(
    changes.map(([before, after]) => [
      before.tables['alice']?.history[0].version,
      after.tables['alice']?.history[0].version,
    ]),
  ).toEqual([
    [undefined, 1],
    [1, 2],
    [2, 3],
    [3, 4],
  ])
})

test('credential is set, shown by four characters, narrowed and removed', async () => {
  const { ask, put } = await controller()
  const set = await put('/api/credentials/openai', { provider: 'openai', value: 'sk-0123456789-abcd' })
  expect(set.body).toEqual({
    id: 'openai',
    provider: 'openai',
    last4: 'abcd',
    origins: ['https://api.openai.com'],
    set: true,
  })
  const wider = await put('/api/credentials/openai', { provider: 'openai', origins: ['https://evil.example'] })
  expect([wider.status, wider.body.error.field]).toEqual([422, 'value'])
  const refused = await put('/api/credentials/openai', { provider: 'openai', value: 'with space in it' })
  expect([refused.status, refused.text.includes('with space')]).toEqual([422, false])
  expect((await ask('/api/credentials')).text).not.toContain('0123456789')
  expect((await ask('/api/credentials/openai', { method: 'DELETE' })).status).toBe(204)
  expect((await ask('/api/credentials/openai', { method: 'DELETE' })).status).toBe(404)
})

test('proxy that is forgotten is gone until it registers again, and its table is kept', async () => {
  const { ask, put, register } = await controller()
  await register('alice')
  await put(TABLE, { endpoints: { bob: peer(1) } }, { 'if-match': '*' })
  expect((await ask('/api/proxies/ALICE', { method: 'DELETE' })).status).toBe(204)
  expect((await ask('/api/proxies')).body).toEqual([])
  expect((await ask('/api/proxies/alice', { method: 'DELETE' })).body.error.code).toBe('unknown_proxy')
  const beat = await ask('/api/heartbeat', {
    ...postJson({ name: 'alice', counters: { sent: 0, delivered: 0, received: 0, failed: 0, waiting: 0, asked: 0 } }),
    headers: { 'content-type': 'application/json', ...bearer(KEY) },
  })
  expect(beat.status).toBe(404)
  await register('alice')
  expect((await ask(TABLE)).body).toEqual({ version: 2, endpoints: { bob: peer(1) } })
})

test('unknown proxy is a 404 that names the known ones', async () => {
  const { ask, register } = await controller()
  await register('alice')
  const answer = await ask('/api/proxies/joe/endpoints')
  expect([answer.status, answer.body.error.message]).toEqual([404, expect.stringContaining('Known: alice')])
})

test.each(['constructor', '__proto__'])('proxy cannot be named %s', async name => {
  const { ask } = await controller()
  expect((await ask(`/api/proxies/${name}/endpoints`)).status).toBe(422)
  expect((await ask(`/api/proxies/${name}`, { method: 'DELETE' })).status).toBe(422)
})
