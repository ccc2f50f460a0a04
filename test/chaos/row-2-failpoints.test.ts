/** Row 2: processes crash by themselves at each named failpoint, before and after every commit and every acknowledgement. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Random } from './random.ts'
import { count, report } from './report.ts'
import { Stage } from './stage.ts'
import { sentBy } from './verdict.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** Longest wait for a process to come to its failpoint while people talk, in milliseconds. */
const REACHED_MS = 60_000

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

type Process = { readonly kind: 'peer' | 'proxy'; readonly name: string }
type Crash = { readonly failpoint: string; readonly passes: number }
/** One process crashes again and again; then it goes on as if nothing had been. */
type Series = { readonly process: Process; readonly crashes: Crash[] }

/** All crashes are chosen beforehand: rounds, in each of which two processes at a time have their series. */
function plan(names: readonly string[], each: number, random: Random): Series[][] {
  const processes = (['peer', 'proxy'] as const).flatMap(kind => names.map(name => ({ kind, name })))
  return Array.from({ length: Math.ceil(each / 5) }, (_, round) => {
    const series = processes.map((process): Series => ({ process, crashes: [] }))
    for (const failpoint of failpoints) {
      const passers = series.filter(({ process }) => passersOf(failpoint).includes(process.kind))
      const first = random.between(0, passers.length - 1)
      for (let n = 0; n < Math.min(5, each - round * 5); n += 1)
        passers[(first + n) % passers.length]?.crashes.push({
          failpoint,
          passes: random.between(1, random.chance(0.3) ? 30 : 6),
        })
    }
    return random.shuffled(series).map(({ process, crashes }) => ({ process, crashes: random.shuffled(crashes) }))
  })
}

async function crash(stage: Stage, { kind, name }: Process, { failpoint, passes }: Crash): Promise<void> {
  const life = stage.fleet.launch(kind, name, { failpoint: `${failpoint}:${passes}` })
  const late = new AbortController()
  const how = await Promise.race([life.exited, pause(REACHED_MS, 'never', { signal: late.signal })])
  late.abort()
  if (how === 'never') throw new Error(`${kind} ${name} did not pass "${failpoint}" ${passes} times`)
  // Nobody else kills it: it was the failpoint.
  expect(how, life.output).toEqual({ code: null, signal: 'SIGKILL' })
}

test('wherever a process crashes, before or after a commit or an acknowledgement, nothing is lost, shown twice or out of order', async () => {
  await using stage = await Stage.open(['alice', 'bob'])
  const each = count({ full: 25, small: 1 })
  const rounds = plan(stage.names, each, new Random('failpoints'))
  const options = { perSecond: 25, abandon: 0.1 }
  const loads = [stage.load('alice', 'bob', options), stage.load('bob', 'alice', options)]
  const crashed: string[] = []
  const run = async (list: readonly Series[]) => {
    for (const { process, crashes } of list) {
      await stage.fleet.life(`${process.kind} ${process.name}`).kill()
      for (const one of crashes) {
        await crash(stage, process, one)
        crashed.push(one.failpoint)
      }
      await stage.fleet.start(process.kind, process.name)
    }
  }
  for (const round of rounds) await Promise.all([run(round.slice(0, 2)), run(round.slice(2))])
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
