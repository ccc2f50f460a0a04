import { expect, test } from 'vitest'
import { Api } from './api.ts'
import { addHealth, type Series } from './health.ts'
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

test('metric with labels has a line for each set of them, also of those that come after the first scrape', async () => {
  const api = new Api({ title: 'test', log: silentLog() })
  const series: Series[] = []
  addHealth(api, {
    notReady: () => undefined,
    metrics: () => [
      { name: 'calls_total', type: 'counter', help: 'calls', labels: ['route', 'result'], series: [...series] },
      { name: 'waiting', type: 'gauge', help: 'plain', value: 4 },
    ],
  })
  const lines = async () =>
    (await (await api.app.request('/metrics')).text()).split('\n').filter(line => /^overlay_/.test(line))
  expect(await lines()).toEqual(['overlay_waiting 4'])
  series.push({ labels: { route: 'GPT', result: 'failed' }, value: 2 })
  series.push({ labels: { route: 'a"b', result: 'answered' }, value: 3 })
  for (let scrape = 0; scrape < 2; scrape += 1)
    expect(await lines()).toEqual([
      'overlay_calls_total{route="GPT",result="failed"} 2',
      'overlay_calls_total{route="a\\"b",result="answered"} 3',
      'overlay_waiting 4',
    ])
})
