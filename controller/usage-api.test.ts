import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../config/config.ts'
import { portsFrom } from '../config/ports.ts'
import { Api } from '../shared/process/api.ts'
import { silentLog } from '../shared/process/log.ts'
import { bearer } from '../shared/process/overlay-key.ts'
import { Secret } from '../shared/process/secret.ts'
import { NO_USAGE, UsageView } from '../shared/protocol/usage.ts'
import { postJson } from '../test/harness/memory-proxy.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { Document } from './document.ts'
import { Store } from './store.ts'
import { addUsageApi } from './usage-api.ts'

const now = () => new Date('2026-01-31T03:04:05.000Z')
const KEY = new Secret('k'.repeat(64))
const STORE = '00000000-0000-4000-8000-000000000001'
const config = loadConfig(join(import.meta.dirname, '..', 'config', 'overlay.json'))
const row = (revision: number, day = '2026-01-31') => ({
  ...{ ...NO_USAGE, day, route: 'GPT', model: 'm1', currency: 'USD', demo: false, revision },
  ...{ calls: revision, cost: revision },
})

async function controller(file = join(scratchFolder(), 'controller.json')) {
  const store = new Store(await Document.open(file), { config, ports: portsFrom(5000), now })
  const writes: unknown[] = []
  store.onChange((_, after) => writes.push(after.usage))
  await store.register({ name: 'alice', host: '127.0.0.1', port: 10_001 })
  writes.length = 0
  const api = new Api({ title: 'test', log: silentLog() })
  addUsageApi(api, { key: KEY, store, now })
  const report = async (body: object, headers: Record<string, string> = bearer(KEY)) => {
    const init = postJson({ name: 'alice', store: STORE, after: 0, ...body })
    const response = await api.app.request('/api/usage', {
      ...init,
      headers: { 'content-type': 'application/json', ...headers },
    })
    return { status: response.status, body: await response.json() }
  }
  const usage = async (query = '') => {
    const response = await api.app.request(`/api/usage${query}`)
    return { status: response.status, body: await response.json() }
  }
  return { api, file, report, store, usage, writes }
}

test('usage is taken from proxies that show the key and are known, and from nobody else', async () => {
  const { report, usage } = await controller()
  expect((await report({ rows: [row(1)] }, {})).status).toBe(401)
  expect((await report({ rows: [row(1)], name: 'mallory' })).status).toBe(404)
  expect((await report({ rows: [{ ...row(1), calls: -1 }] })).status).toBe(422)
  expect((await usage()).body).toEqual({ from: '2026-01-02', to: '2026-01-31', rows: [], totals: [] })
})

test('usage that was reported is on disk when the proxy hears so, and a repeat is not written again', async () => {
  const { file, report, writes } = await controller()
  expect(await report({ rows: [row(1), row(2, '2026-01-30')] })).toEqual({ status: 200, body: { revision: 2 } })
  for (let time = 0; time < 2; time += 1) expect((await report({ rows: [row(1)] })).body).toEqual({ revision: 2 })
  expect(await report({ rows: [row(9)], after: 8 })).toEqual({ status: 200, body: { revision: 2 } })
  expect(writes).toHaveLength(1)
  const later = await controller(file)
  expect((await later.report({ rows: [] })).body).toEqual({ revision: 2 })
  const view = UsageView.parse((await later.usage('?days=7')).body)
  expect(view.rows.map(({ proxy, day, calls }) => [proxy, day, calls])).toEqual([
    ['alice', '2026-01-31', 1],
    ['alice', '2026-01-30', 2],
  ])
  expect(view.totals).toMatchObject([{ currency: 'USD', demo: false, calls: 3, cost: 3 }])
})

test('usage of a proxy stays when the proxy is forgotten', async () => {
  const { report, store, usage } = await controller()
  await report({ rows: [row(1)] })
  await store.forget('alice')
  expect((await usage()).body).toMatchObject({ rows: [{ proxy: 'alice' }] })
})

test('report of days that are over is not asked for again', async () => {
  const { report, usage } = await controller()
  expect((await report({ rows: [row(4, '2025-01-01')] })).body).toEqual({ revision: 4 })
  expect((await usage('?days=62')).body).toMatchObject({ rows: [] })
})

test.each(['?days=0', '?days=63', '?days=soon', '?days=1.5'])(
  'usage of %s is refused with what is allowed',
  async query => {
    const { usage } = await controller()
    expect(await usage(query)).toMatchObject({
      status: 422,
      body: { error: { field: 'days', message: expect.stringContaining('a whole number from 1 to 62') } },
    })
  },
)

test('usage is described for programs: the query, the rows and the totals', async () => {
  const { api } = await controller()
  const text = await (await api.app.request('/openapi.json')).text()
  for (const word of ['"/api/usage"', '"days"', 'withoutCost', 'totals']) expect(text).toContain(word)
})
