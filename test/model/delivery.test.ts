/** Whole proxies and peers, on real disks, while everything happens to them that may: by lot, in virtual time. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { count, report } from '../chaos/report.ts'
import { found } from './seeds.ts'
import { type Story, story } from './steps.ts'
import { VirtualTime } from './virtual-time.ts'
import { live } from './world.ts'

// What a disk does is tested elsewhere; here its waits would only cost time.
const disk = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const scratch = mkdtempSync(join(disk, 'overlay-model-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let lives = 0
async function judged(told: Story) {
  lives += 1
  const folder = join(scratch, String(lives))
  using time = new VirtualTime()
  try {
    return await live(told, { folder, time })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const { what, story: again } of found) test(`delivery does not break again as when ${what}`, () => judged(again))

test('delivery loses nothing, repeats nothing and keeps the order, whatever happens to processes, lines and clocks', async () => {
  const runs = count({ full: 1000, small: 100 })
  const sum = { injected: 0, hit: 0, messages: 0 }
  // A failure prints its seed, its path and the shortest story that still fails; the story then belongs into seeds.ts.
  const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31)
  await fc.assert(
    fc.asyncProperty(story, async told => {
      const { faults, messages } = await judged(told)
      sum.injected += told.steps.length
      sum.hit += faults
      sum.messages += messages
    }),
    { numRuns: runs, seed },
  )
  expect(sum.messages).toBeGreaterThan(runs)
  report({ row: 14, fault: `${runs} stories by lot (seed ${seed})`, ...sum, held: '0/0/0' })
}, 600_000)
