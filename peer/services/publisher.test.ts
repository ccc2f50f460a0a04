import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { createLog } from '../../shared/process/log.ts'
import { Setting } from '../../shared/process/setting.ts'
import { openStore } from '../../shared/process/store.ts'
import { storedJson } from '../../shared/process/stored-json.ts'
import { Heard } from '../../test/harness/heard.ts'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { Outbox } from '../outbox.ts'
import { migrations } from './migrations.ts'
import { Publisher, waitFor } from './publisher.ts'
import { Sender } from './sender.ts'
import { Subscribers } from './subscribers.ts'

test('publisher never waits longer than a period, nor less than nothing, whichever way the clock was set', () => {
  const time = fc.integer({ min: 0, max: 2 ** 41 })
  fc.assert(
    fc.property(time, time, fc.integer({ min: 100, max: 86_400_000 }), (last, now, everyMs) => {
      const wait = waitFor(everyMs, { last, now })
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThanOrEqual(everyMs)
      if (now >= last && now - last <= everyMs) expect(wait).toBe(everyMs - (now - last))
    }),
  )
})

/** One life of 1,000 simulated seconds at the most; the next one begins where it ended. */
async function live(path: string, { now, make }: { now: () => Date; make: () => string }) {
  const store = openStore({ path, migrations })
  const outbox = new Outbox(store)
  const subscribers = new Subscribers(store)
  await store.write(() => {
    for (const name of ['alice', 'bob']) subscribers.add(name)
  })
  const stop = new AbortController()
  const rung = new Heard<string>()
  const log = createLog('test', 'silent')
  const publisher = new Publisher({
    ...{ publish: { everySeconds: 100, make }, store, subscribers, log, now, random: Math.random, deadlineMs: 1_000 },
    ...{ signal: stop.signal, workWaits: () => rung.add('published') },
    sender: new Sender(outbox, now),
  })
  const running = publisher.run()
  const end = async () => {
    stop.abort()
    await running
    store.close()
  }
  return {
    published: () => rung.first(() => true),
    texts: () => outbox.head().map(({ destination, message }) => `${destination}: ${message}`),
    end,
  }
}

test('publisher that is restarted more often than its period still publishes, and not more often', async () => {
  const path = join(scratchFolder(), 'service.db')
  let seconds = 1_000
  const now = () => new Date(seconds * 1000)
  const make = () => `at ${seconds}`
  for (const at of [1_000, 1_060, 1_099]) {
    seconds = at
    const life = await live(path, { now, make })
    expect(life.texts()).toEqual([])
    await life.end()
  }
  seconds = 1_101
  const due = await live(path, { now, make })
  await due.published()
  expect(due.texts()).toEqual(['alice: at 1101', 'bob: at 1101'])
  await due.end()
  seconds = 1_110
  const early = await live(path, { now, make })
  expect(early.texts()).toHaveLength(2)
  await early.end()
})

test('publisher does not try a publication at once again that ended in an error', async () => {
  const path = join(scratchFolder(), 'service.db')
  let tries = 0
  const told = new Heard<number>()
  const make = () => {
    tries += 1
    told.add(tries)
    throw new Error('no luck')
  }
  const first = await live(path, { now: () => new Date(0), make })
  await first.end()
  const second = await live(path, { now: () => new Date(200_000), make })
  await told.first(() => true)
  await second.end()
  const store = openStore({ path, migrations })
  onTestFinished(() => store.close())
  expect(new Setting(store, 'last publication', storedJson(z.number())).read()).toBe(200_000)
  expect(tries).toBe(1)
})
