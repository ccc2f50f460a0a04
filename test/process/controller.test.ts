/** The controller's contract: tables edited with validation and in force at once, credentials that are never shown again. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Overlay } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

let overlay: Overlay
let behrooz: PeerClient

beforeAll(async () => {
  overlay = await Overlay.start({ args: ['--only', 'behrooz,alice'] })
  behrooz = await PeerClient.connect(overlay.peer(0))
})
afterAll(async () => {
  behrooz[Symbol.dispose]()
  await overlay[Symbol.asyncDispose]()
})

const endpoints = () => `${overlay.controller}/api/proxies/behrooz/endpoints`
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

async function table() {
  const answer = await call('GET', endpoints())
  return { etag: answer.headers.get('etag') ?? '', ...plain(answer.body) }
}

async function save(change: Record<string, unknown>, etag?: string) {
  const now = await table()
  const answer = await call(
    'PUT',
    endpoints(),
    { endpoints: { ...now.endpoints, ...change } },
    { 'if-match': etag ?? now.etag },
  )
  return { status: answer.status, body: plain(answer.body) }
}

/** Resolves when the proxy reported that it applied, or refused, the version. */
async function settled(version: number) {
  for (;;) {
    const views = plain((await call('GET', `${overlay.controller}/api/proxies`)).body)
    const { version: state } = views.find((view: { name: string }) => view.name === 'behrooz')
    if (state.applied === version || state.refused?.version === version) return state
  }
}

test('every proxy is listed, active, with the version it applied', async () => {
  await settled(1)
  const views = plain((await call('GET', `${overlay.controller}/api/proxies`)).body)
  expect(views.map((view: { name: string }) => view.name).sort()).toEqual(['alice', 'behrooz'])
  expect(views[0]).toMatchObject({
    status: 'active',
    connected: true,
    version: { wanted: 1, applied: 1, refused: null },
  })
})

test('a changed table works for the next message within two seconds, without a restart', async () => {
  const began = Date.now()
  const saved = await save({ ally: { kind: 'peer', host: '127.0.0.1', port: overlay.base + 5001 } })
  expect(saved).toMatchObject({ status: 200, body: { version: 2 } })
  await behrooz.event(event => event.name === 'peers' && event.data.some(peer => peer.name === 'ally'))
  expect(Date.now() - began).toBeLessThan(2_000)
  expect((await call('POST', `${overlay.peer(0)}/api/conversations/ally/messages`, { message: 'hi' })).status).toBe(202)
  expect(await settled(2)).toMatchObject({ applied: 2 })
})

test.each([
  ['an unknown kind', { x: { kind: 'carrier-pigeon' } }, 'endpoints.x.kind', 'openai'],
  ['a bad port', { x: { kind: 'peer', host: '127.0.0.1', port: 70_000 } }, 'endpoints.x.port', '65535'],
  [
    'an unknown parameter',
    { GPT: { kind: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'm', parameters: { heat: 1 } } },
    'endpoints.GPT.parameters',
    'heat',
  ],
  ['a missing host', { x: { kind: 'peer', port: 1 } }, 'endpoints.x.host', 'is missing'],
  ['a bad name', { 'x y': { kind: 'peer', host: 'h', port: 1 } }, 'endpoints.x y', 'letters'],
  [
    'a name twice',
    { GPT: { kind: 'peer', host: 'h', port: 1 }, gpt: { kind: 'peer', host: 'h', port: 1 } },
    'endpoints.gpt',
    'same name',
  ],
  [
    'a credential sent elsewhere',
    { GPT: { kind: 'openai', baseUrl: 'https://evil.example/v1', model: 'm', credential: 'openai' } },
    'endpoints.GPT.baseUrl',
    'may only be sent to',
  ],
])('a table with %s is refused with the field, and the old one stays', async (_, change, field, hint) => {
  const before = await table()
  const saved = await save(change)
  expect(saved.status).toBe(422)
  expect(saved.body.error).toMatchObject({ field, message: expect.stringContaining(hint) })
  expect(await table()).toEqual(before)
})

test('a table changed meanwhile is not overwritten; one without a version is not accepted', async () => {
  const { etag } = await table()
  await save({ other: { kind: 'peer', host: '127.0.0.1', port: 1 } })
  expect((await save({}, etag)).status).toBe(409)
  expect((await call('PUT', endpoints(), { endpoints: {} })).status).toBe(428)
})

test('history keeps each version with its difference, and a rollback makes an earlier one the newest', async () => {
  const history = plain((await call('GET', `${endpoints()}/history`)).body)
  expect(history.at(-2)).toMatchObject({
    version: 2,
    author: 'dashboard',
    difference: { added: ['ally'], removed: [], changed: [] },
  })
  const restored = await call('POST', `${endpoints()}/rollback`, { version: 1 })
  expect(plain(restored.body).endpoints).toEqual(history.at(-1).endpoints)
  expect(plain(restored.body).version).toBe(history.length + 1)
})

test('a credential is set, shown by its last four characters, and never again', async () => {
  const value = 'sk-canary-0123456789-3f9a'
  const put = await call('PUT', `${overlay.controller}/api/credentials/openai`, { provider: 'openai', value })
  expect(put.body).toEqual({
    id: 'openai',
    provider: 'openai',
    last4: '3f9a',
    origins: ['https://api.openai.com'],
    set: true,
  })
  const list = await call('GET', `${overlay.controller}/api/credentials`)
  expect(list.body).toEqual([put.body])
  expect(JSON.stringify([put.body, list.body])).not.toContain('canary')
  const elsewhere = await call('PUT', `${overlay.controller}/api/credentials/openai`, {
    provider: 'openai',
    origins: ['https://evil.example'],
  })
  expect([elsewhere.status, plain(elsewhere.body).error.field]).toEqual([422, 'value'])
  expect((await call('DELETE', `${overlay.controller}/api/credentials/openai`)).status).toBe(204)
})

test('without a credential an AI answers with a notice that says where to put one', async () => {
  const id = await behrooz.send('ANTHROPIC', 'hello?')
  const notice = await behrooz.message(message => message.metadata.replyTo === id)
  expect(notice).toMatchObject({ type: 'notification', message: expect.stringMatching(/dashboard.*ANTHROPIC_API_KEY/) })
  const failed = await behrooz.state(id, 'failed')
  expect(failed.data).toMatchObject({ reason: expect.stringContaining('ANTHROPIC_API_KEY') })
})

test('routes and credentials go only to who shows the overlay key', async () => {
  expect((await call('GET', `${overlay.controller}/api/routes?name=behrooz`)).status).toBe(401)
  expect(
    (await call('POST', `${overlay.controller}/api/register`, { name: 'alice', host: '127.0.0.1', port: 1 })).status,
  ).toBe(401)
})

test('a removed proxy is forgotten until it registers again', async () => {
  expect((await call('DELETE', `${overlay.controller}/api/proxies/alice`)).status).toBe(204)
  const views = plain((await call('GET', `${overlay.controller}/api/proxies`)).body)
  expect(views.map((view: { name: string }) => view.name)).toEqual(['behrooz'])
  expect((await call('DELETE', `${overlay.controller}/api/proxies/alice`)).status).toBe(404)
})

test('a peer may be known by another name: its messages arrive, and its receipts come back', async () => {
  const now = await table()
  await save({ ...now.endpoints, friend: { kind: 'peer', host: '127.0.0.1', port: overlay.base + 5001 } })
  await behrooz.event(event => event.name === 'peers' && event.data.some(peer => peer.name === 'friend'))
  const id = await behrooz.send('friend', 'to alice, by another name')
  await behrooz.state(id, 'received')
  using alice = await PeerClient.connect(overlay.peer(1))
  expect(await alice.history('behrooz')).toContainEqual(
    expect.objectContaining({ id, destination: 'alice', conversation: 'behrooz' }),
  )
})
