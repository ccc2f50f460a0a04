import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../shared/process/store.ts'
import { MOST } from '../shared/protocol/bounds.ts'
import { NO_USAGE } from '../shared/protocol/usage.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { migrations } from './migrations.ts'
import { MOST_DAY_ROWS, UsageRows } from './usage-rows.ts'

const STORE = '00000000-0000-4000-8000-000000000001'
const key = (n: number, more = {}) => ({
  ...{ day: '2026-03-31', route: `R${n}`, model: `m${n}`, currency: 'USD', demo: false },
  ...more,
})

test('routes and models that are invented are counted together as one, those that are known go on, and no call is lost', async () => {
  const store = openStore({ path: join(scratchFolder(), 'proxy.db'), migrations })
  const rows = new UsageRows(store, () => STORE)
  const add = (counted: ReturnType<typeof key>, more = {}) =>
    rows.add(counted, { ...NO_USAGE, calls: 1, input: 2, ...more })
  await store.write(() => {
    for (let n = 0; n < 1_000; n += 1) add(key(n))
    add(key(3))
    add(key(2_000, { currency: null }))
    add(key(2_000, { demo: true }))
    add(key(7, { day: '2026-04-01' }))
  })
  const found = rows.changed(STORE, { after: 0, since: '2026-01-01', limit: 10_000 })
  expect(found.filter(({ day }) => day === '2026-03-31')).toHaveLength(MOST_DAY_ROWS + 3)
  expect(found.filter(({ route, model }) => route === 'other' && model === 'other')).toMatchObject([
    { calls: 1_000 - MOST_DAY_ROWS, input: 2 * (1_000 - MOST_DAY_ROWS), currency: 'USD', demo: false },
    { calls: 1, currency: null },
    { calls: 1, demo: true },
  ])
  expect(found.find(({ route }) => route === 'R3')).toMatchObject({ calls: 2 })
  expect(found.reduce((sum, { calls }) => sum + calls, 0)).toBe(1_004)
  store.close()
})

test('sums that have come to the largest number stay there, and can be read', async () => {
  const store = openStore({ path: join(scratchFolder(), 'proxy.db'), migrations })
  const rows = new UsageRows(store, () => STORE)
  await store.write(() => {
    for (let time = 0; time < 3; time += 1) rows.add(key(1), { ...NO_USAGE, calls: 1, input: MOST, cost: MOST })
    rows.add(key(1, { day: '2026-04-01' }), { ...NO_USAGE, calls: 1, input: MOST })
  })
  const [first] = rows.changed(STORE, { after: 0, since: '2026-01-01', limit: 10 })
  expect(first).toMatchObject({ calls: 3, input: MOST, cost: MOST })
  expect(rows.sums()).toMatchObject([{ calls: 4, input: MOST }])
  store.close()
})
