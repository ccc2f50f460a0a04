import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../shared/process/store.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { migrations } from './migrations.ts'
import { RunningClock } from './running-clock.ts'

test('running clock goes on where it was kept, whatever the time of day is, and stands still in between', async () => {
  const path = join(scratchFolder(), 'proxy.db')
  let monotonic = 500
  const open = (first: number) => {
    const store = openStore({ path, migrations })
    return { store, clock: new RunningClock(store, { monotonic: () => monotonic, first }) }
  }
  const one = open(1_000_000)
  expect(one.clock.now()).toBe(1_000_000)
  monotonic += 60_000
  await one.store.note(() => one.clock.keep())
  monotonic += 10
  expect(one.clock.now()).toBe(1_060_010)
  one.store.close()
  monotonic = 3
  const two = open(9_999_999_999)
  expect(two.clock.now()).toBe(1_060_000)
  two.store.close()
})
