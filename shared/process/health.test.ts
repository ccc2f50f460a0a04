import { expect, test } from 'vitest'
import { Api } from './api.ts'
import { addHealth } from './health.ts'
import { silentLog } from './log.ts'

function healthOf(store: { trouble: string | undefined; failures: number }, notReady?: string) {
  const api = new Api({ title: 'test', log: silentLog() })
  addHealth(api, { store, notReady: () => notReady, metrics: () => [] })
  return (path: string) => api.app.request(path)
}

test('health is red with the reason while the disk takes nothing, and the metrics say so', async () => {
  const store: { trouble: string | undefined; failures: number } = { trouble: 'the disk is full', failures: 3 }
  const ask = healthOf(store)
  const red = await ask('/readyz')
  expect([red.status, await red.json()]).toEqual([503, { status: 'not ready', reason: 'the disk is full' }])
  expect((await ask('/healthz')).status).toBe(200)
  const metrics = await (await ask('/metrics')).text()
  expect(metrics).toMatch(/^overlay_storage_writable 0$/m)
  expect(metrics).toMatch(/^overlay_storage_failures_total 3$/m)
  store.trouble = undefined
  expect((await ask('/readyz')).status).toBe(200)
  expect(await (await ask('/metrics')).text()).toMatch(/^overlay_storage_writable 1$/m)
})

test('health is red for a reason of the process itself while its disk is well', async () => {
  const red = await healthOf({ trouble: undefined, failures: 0 }, 'no table yet')('/readyz')
  expect([red.status, await red.json()]).toEqual([503, { status: 'not ready', reason: 'no table yet' }])
})
