/**
 * `npm run bench`: prints a table of figures against their aims and writes them to `data/bench.json`. Medians of
 * several runs; beside the message path a floor, measured in the same run: as many bare HTTP hops and commits.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { renderTable } from '../../shared/launch/console.ts'
import { freeBase } from '../harness/free-base.ts'
import { Overlay, temporaryFolder } from '../harness/overlay.ts'
import { type Memory, memoryOf } from './memory.ts'
import { type Latency, roundTrips } from './round-trip.ts'

const RUNS = 3
const MESSAGES = 300

type Run = {
  readonly startMs: number
  readonly memory: Memory
  readonly launcherMb: number
  readonly path: Latency
  readonly floor: Latency
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

async function measure(): Promise<Run> {
  const began = performance.now()
  await using overlay = await Overlay.start()
  const startMs = performance.now() - began
  const memory = memoryOf([...overlay.processes().values(), overlay.launcherPid])
  const launcherMb = memoryOf([overlay.launcherPid]).rss
  const path = await roundTrips(
    {
      post: `${overlay.peer(1)}/api/conversations/behrooz/messages`,
      events: `${overlay.peer(0)}/api/events`,
      body: id => ({ id, message: 'how long does this take?' }),
    },
    MESSAGES,
  )
  return { startMs, memory, launcherMb, path, floor: await measureFloor() }
}

/** Peer, proxy, proxy, peer: four processes that do nothing but take, commit and pass on. */
async function measureFloor(): Promise<Latency> {
  const folder = temporaryFolder()
  const base = await freeBase()
  const hops: ChildProcess[] = []
  try {
    for (const n of [0, 1, 2, 3]) {
      const args = [
        '--import',
        'tsx',
        'test/bench/floor-hop.ts',
        String(base + n),
        n === 3 ? '0' : String(base + n + 1),
        join(folder, `${n}.db`),
      ]
      const hop = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      hops.push(hop)
      if (hop.stdout !== null) await once(hop.stdout, 'data')
    }
    const url = (n: number) => `http://127.0.0.1:${base + n}/`
    const died = Promise.race(hops.map(hop => once(hop, 'exit'))).then(() =>
      Promise.reject(new Error('a process of the floor ended')),
    )
    const timed = roundTrips(
      { post: url(0), events: url(3), body: id => ({ id, message: 'how long does this take?' }) },
      MESSAGES,
    )
    return await Promise.race([timed, died])
  } finally {
    for (const hop of hops) hop.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

const runs: Run[] = []
for (let n = 1; n <= RUNS; n += 1) {
  process.stdout.write(`run ${n} of ${RUNS}\n`)
  runs.push(await measure())
}
const of = (pick: (run: Run) => number) => median(runs.map(pick))
const pss = of(run => run.memory.pss ?? Number.NaN)
const rows = [
  ['FIGURE', 'MEDIAN', 'AIM', 'FLOOR IN THE SAME RUN'],
  ['start until everything is ready', `${(of(run => run.startMs) / 1000).toFixed(2)} s`, '4 s', ''],
  ['resident memory, sum of RSS with the launcher', `${of(run => run.memory.rss).toFixed(0)} MB`, '700 MB', ''],
  ['  of it the launcher', `${of(run => run.launcherMb).toFixed(0)} MB`, '', ''],
  ['  the same, shared pages counted once (PSS)', Number.isNaN(pss) ? 'not told here' : `${pss.toFixed(0)} MB`, '', ''],
  [
    'one message, POST to event, p50',
    `${of(run => run.path.p50).toFixed(2)} ms`,
    '8 ms',
    `${of(run => run.floor.p50).toFixed(2)} ms`,
  ],
  [
    'one message, POST to event, p99',
    `${of(run => run.path.p99).toFixed(2)} ms`,
    '',
    `${of(run => run.floor.p99).toFixed(2)} ms`,
  ],
]
process.stdout.write(
  `\n${renderTable(rows)}\n\n${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, median of ${RUNS} runs\n`,
)
mkdirSync('data', { recursive: true })
writeFileSync(
  'data/bench.json',
  `${JSON.stringify({ node: process.version, cores: cpus().length, load: loadavg(), runs }, null, 2)}\n`,
)
