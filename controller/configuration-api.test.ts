import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Config, ConfigError, loadConfig } from '../config/config.ts'
import { portsFrom } from '../config/ports.ts'
import { Api } from '../shared/process/api.ts'
import { silentLog } from '../shared/process/log.ts'
import { bearer } from '../shared/process/overlay-key.ts'
import { Secret } from '../shared/process/secret.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { addConfigurationApi } from './configuration-api.ts'
import { Document } from './document.ts'
import { Hub } from './hub.ts'
import { Presence } from './presence.ts'
import { Store } from './store.ts'

const KEY = new Secret('k'.repeat(64))
const config = loadConfig(join(import.meta.dirname, '..', 'config', 'overlay.json'))
const withCarol: Config = {
  ...config,
  instances: [...config.instances, { kind: 'person', name: 'carol', n: 5, mode: 'manual' }],
}

async function controller() {
  const now = () => new Date('2026-01-02T03:04:05.000Z')
  const document = await Document.open(join(scratchFolder(), 'controller.json'))
  const store = new Store(document, { config, ports: portsFrom(5000), now })
  await store.configure(config)
  const presence = new Presence(now)
  const hub = new Hub({ demo: false, presence, state: () => store.state })
  hub[Symbol.dispose]()
  const api = new Api({ title: 'test', log: silentLog() })
  let read: () => Config = () => config
  addConfigurationApi(api, { key: KEY, readConfig: () => read(), store, hub, presence })
  const reload = async (next: () => Config, headers: Record<string, string> = bearer(KEY)) => {
    read = next
    const answer = await api.app.request('/api/configuration', { method: 'POST', headers })
    return { status: answer.status, body: await answer.json() }
  }
  return { reload, store, presence }
}

test('configuration read anew brings a new person into all tables, and takes one who left out of them', async () => {
  const { reload, store, presence } = await controller()
  expect((await reload(() => withCarol)).status).toBe(200)
  expect(store.table('alice').endpoints).toHaveProperty('carol')
  expect(Object.keys(store.table('carol').endpoints)).toEqual(expect.arrayContaining(['alice', 'BOT', 'GPT']))
  await store.register({ name: 'carol', host: '127.0.0.1', port: 10_005 })
  presence.sawNow('carol')
  expect((await reload(() => config)).status).toBe(200)
  expect([store.proxyNames(), presence.lastSeen('carol')]).toEqual([[], undefined])
  expect(store.table('alice').endpoints).not.toHaveProperty('carol')
})

test('configuration that is not valid is refused with the field, and changes nothing', async () => {
  const { reload, store } = await controller()
  const before = store.state
  const refused = await reload(() => {
    throw new ConfigError('overlay.json', [{ path: [], field: 'instances.1.n', detail: '0 is taken' }], {})
  })
  expect(refused).toMatchObject({ status: 422, body: { error: { code: 'invalid_input', field: 'instances.1.n' } } })
  expect(store.state).toBe(before)
})

test('configuration is read anew only for whoever has the key of the overlay', async () => {
  const { reload, store } = await controller()
  for (const headers of [{}, bearer(new Secret('x'.repeat(64)))])
    expect((await reload(() => withCarol, headers)).status).toBe(401)
  expect(store.table('alice').endpoints).not.toHaveProperty('carol')
})
