/** Row 2: processes crash by themselves at each named failpoint, before and after every commit and every acknowledgement. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Random } from './random.ts'
import { count, report } from './report.ts'
import { Stage, sentBy } from './stage.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** Longest wait for a process to come to its failpoint while people talk, in milliseconds. */
const REACHED_MS = 30_000

/** Which of the four processes pass a failpoint, by how its name begins. Everybody talks to everybody, so both sides do. */
const PASSED_BY: Readonly<Record<string, readonly ('peer' | 'proxy')[]>> = {
  peer: ['peer'],
  proxy: ['proxy'],
  store: ['peer', 'proxy'],
}
/** Failpoints that talking alone does not pass, and the test that does. */
const ELSEWHERE: Readonly<Record<string, string>> = {}

const files = ['peer', 'proxy', 'shared'].flatMap(folder =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(file => join(ROOT, folder, file)),
)
const failpoints = [
  ...new Set(
    files.flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/failpoint\('([^']+)'\)/g)].map(([, name = '']) => name),
    ),
  ),
].filter(name => !(name in ELSEWHERE))

const passersOf = (failpoint: string) => PASSED_BY[failpoint.split(':')[0] ?? ''] ?? []

test('every failpoint in the sources is passed by a process of this test', () => {
  expect(failpoints.length).toBeGreaterThanOrEqual(16)
  expect(failpoints.filter(name => passersOf(name).length === 0)).toEqual([])
})

test('wherever a process crashes, before or after a commit or an acknowledgement, nothing is lost, shown twice or out of order', async () => {
  await using stage = await Stage.open(['alice', 'bob'])
  const random = new Random('failpoints')
  const each = count({ full: 25, small: 1 })
  const processes = (['peer', 'proxy'] as const).flatMap(kind =>
    stage.names.map(name => ({ kind, name, crashes: [] as string[] })),
  )
  for (const failpoint of failpoints) {
    const passers = processes.filter(({ kind }) => passersOf(failpoint).includes(kind))
    const first = random.between(0, passers.length - 1)
    for (let n = 0; n < each; n += 1) passers[(first + n) % passers.length]?.crashes.push(failpoint)
  }
  const options = { perSecond: 25, abandon: 0.1 }
  const loads = [stage.load('alice', 'bob', options), stage.load('bob', 'alice', options)]
  const crashed: string[] = []
  await Promise.all(
    processes.map(async ({ kind, name, crashes }) => {
      await stage.fleet.life(`${kind} ${name}`).kill()
      for (const failpoint of random.shuffled(crashes)) {
        const passes = random.between(1, random.chance(0.3) ? 30 : 6)
        const life = stage.fleet.launch(kind, name, { failpoint: `${failpoint}:${passes}` })
        const late = new AbortController()
        const how = await Promise.race([life.exited, pause(REACHED_MS, 'never', { signal: late.signal })])
        late.abort()
        if (how === 'never') throw new Error(`${kind} ${name} did not pass "${failpoint}" ${passes} times`)
        // Nobody else kills it: it was the failpoint.
        expect(how, life.output).toEqual({ code: null, signal: 'SIGKILL' })
        crashed.push(failpoint)
      }
      await stage.fleet.start(kind, name)
    }),
  )
  await Promise.all(loads.map(load => load.stop()))
  const held = await stage.verdict()
  expect(failpoints.filter(failpoint => crashed.filter(name => name === failpoint).length !== each)).toEqual([])
  report({
    row: 2,
    fault: `crash at each of ${failpoints.length} failpoints`,
    injected: failpoints.length * each,
    hit: crashed.length,
    messages: sentBy(loads),
    held,
  })
})
