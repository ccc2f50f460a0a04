/** Hostile bodies, frames, streams and upstreams against all processes of an overlay at once. */
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorText } from '../../shared/protocol/errors.ts'
import type { Case } from './cases.ts'
import { hostileCase, type Target } from './cases.ts'
import { inWords, Tally } from './counts.ts'
import { Courier, together } from './deliver.ts'
import { type Draw, draws, seed } from './draw.ts'
import { failureOf } from './failures.ts'
import { Ground } from './ground.ts'
import { kept } from './kept-seeds.ts'
import { rawBytes, writeRaw } from './raw-cases.ts'
import { count, report } from './table.ts'
import { targetsOf } from './targets.ts'
import { Witness, within } from './witness.ts'

const CASES = count({ full: 100_000, small: 2_000 })
/** Cases that are made from one seed: printed with what fails, so that they can be sent again without those before. */
const LOT = 500
const AT_ONCE = 48
/** Most memory of one process that is promised to be kept of an attack, in MB. */
const GROWTH_MB = 100
/** What fails the test of all that the system counts for a process, with what its allocators hold free for the next time. */
const UNBOUNDED_MB = 300

let ground: Ground
let witness: Witness
let targets: Target[]
beforeAll(async () => {
  console.log(`hostile requests: SEED=${seed}`)
  ground = await Ground.open(seed)
  witness = await Witness.open(ground)
  targets = await targetsOf(ground)
})
afterAll(async () => {
  witness?.[Symbol.dispose]()
  await ground?.[Symbol.asyncDispose]()
})

const tally = new Tally()
/** The first failure of each kind, and how many there were. */
const failures = new Map<string, { first: string; times: number }>()

function fail(kind: string, first: string): void {
  const known = failures.get(kind)
  if (known === undefined) failures.set(kind, { first, times: 1 })
  else known.times += 1
}

async function send(courier: Courier, one: Case, from: string): Promise<void> {
  const outcome = await courier.deliver(one)
  tally.add('process', one.target.name)
  tally.add('route', `${one.target.name.split(' ')[0]} ${one.route}`)
  tally.add('kind', one.kind)
  tally.add('status', String(outcome.status))
  const failure = failureOf(outcome, one.route)
  if (failure !== undefined)
    fail(`${one.target.name.split(' ')[0]} ${one.route} ${outcome.status}`, `${from}: ${shown(one)}\n${failure}`)
}

const shown = ({ target, method, path, headers, body }: Case): string =>
  `${target.name}: ${inspect({ method, path, headers, body: body?.toString() }, { maxStringLength: 3_000 })}`

async function sendRaw(draw: Draw, from: string): Promise<void> {
  const origin = draw.of(targets)?.origin ?? ''
  const port = Number(new URL(origin).port)
  const bytes = rawBytes(port, draw)
  for (const status of await writeRaw(port, bytes, { ends: draw.once(2) })) {
    tally.add('raw status', String(status))
    if (status >= 500)
      fail(`raw ${status}`, `${from}: ${JSON.stringify(bytes.toString('latin1'))} was answered ${status}`)
  }
  tally.add('raw', 'connections')
}

/** A message to our member, or a question to our AIs: what comes back is as hostile as what goes to the others. */
async function askOurs(courier: Courier, draw: Draw, from: string): Promise<void> {
  const to = draw.of(['H1', 'H2', 'H3', 'H4', 'mallory'])
  const target = draw.of(targets.filter(({ name }) => name.startsWith('peer ')))
  if (target === undefined) return
  const request = {
    method: 'POST',
    path: `/api/conversations/${to}/messages`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: draw.text() || 'x' }),
  }
  const route = 'POST /api/conversations/{peer}/messages'
  await send(courier, { ...request, target, route, kind: 'asks ours' }, from)
}

/** All that is tried, lot by lot; whoever is slow holds up nobody else. */
function* attempts(courier: Courier, stop: AbortSignal): Generator<() => Promise<void>> {
  for (let sent = 0; sent < CASES; sent += LOT) {
    const lot = (seed + sent / LOT) % 2 ** 31
    const from = `SEED=${lot}`
    for (const [index, draw] of draws(lot, Math.min(LOT, CASES - sent)).entries()) {
      if (stop.aborted) return
      const target = draw.of(targets)
      if (target !== undefined) yield () => send(courier, hostileCase(target, draw), from)
      if (index % 25 === 0) yield () => sendRaw(draw, from)
      if (index % 20 === 0) yield () => askOurs(courier, draw, from)
    }
  }
}

test('whatever comes is answered in words, nobody dies, no prototype changes, and everybody is served', async () => {
  using courier = new Courier()
  await witness.everything()
  const keptBefore = await ground.conditions()
  const before = ground.memory()
  const stop = new AbortController()
  const watching = witness.throughout(stop.signal, 500)
  watching.catch(() => stop.abort())
  for (const { process, request, what } of kept) {
    const target = targets.find(({ name }) => name === process)
    if (target !== undefined) await send(courier, { ...request, target, route: 'kept', kind: 'kept' }, what)
  }
  await together(attempts(courier, stop.signal), AT_ONCE, attempt => attempt())
  stop.abort()
  const served = async () => {
    await watching
    await witness.everything()
  }
  const unserved = await served().then(
    () => [],
    error => [errorText(error)],
  )
  console.log(
    `${tally}\nupstream    ${inWords(ground.upstream.answered)}\nmember      ${inWords(ground.member.answered)}\nserved      ${witness.times.length} messages, ${witness.questions} questions`,
  )
  const restarts = await ground.restarts()
  const conditions = [...(await ground.conditions())]
  const pollution = conditions.flatMap(([name, { added }]) => added.map(key => `${name}: ${key}`))
  console.log(
    `stood still ${conditions.map(([name, { stoodStillMs }]) => `${name} ${stoodStillMs.toFixed(0)} ms`).join(', ')}`,
  )
  const grown = await settled(before)
  const keptMb = conditions.map(([name, { keptMb: now }]) => now - (keptBefore.get(name)?.keptMb ?? 0))
  console.log(`memory      ${grown.map(inMegabytes).join(', ')}`)
  const unmeant = [...failures.values()].reduce((sum, { times }) => sum + times, 0)
  report({
    attack: 'hostile requests, streams and upstreams',
    tried: tally.sum('process') + tally.sum('raw'),
    found: `${restarts.length} crashes, ${unmeant} unmeant 5xx, ${pollution.length} changed prototypes, ${unserved.length} not served, at most +${Math.max(...keptMb).toFixed(0)} MB kept (+${Math.max(...grown.map(({ mb }) => mb)).toFixed(0)} MB resident)`,
    held: restarts.length + unmeant + pollution.length + unserved.length === 0 && Math.max(...keptMb) <= GROWTH_MB,
  })
  expect([...failures.values()]).toEqual([])
  expect(unserved).toEqual([])
  expect(restarts).toEqual([])
  // Persons may have been added, as the launcher is asked to as well.
  const alive = ground.overlay.processes()
  expect([...ground.pids].filter(([name, pid]) => name !== 'launcher' && alive.get(name) !== pid)).toEqual([])
  expect(pollution).toEqual([])
  expect(Math.max(...keptMb)).toBeLessThan(GROWTH_MB)
  expect(grown.filter(({ mb }) => mb > UNBOUNDED_MB)).toEqual([])
}, 1_800_000)

type Growth = { readonly name: string; readonly mb: number; readonly now: number }

const inMegabytes = ({ name, mb, now }: Growth): string =>
  `${name} ${mb >= 0 ? '+' : ''}${mb.toFixed(0)} to ${now.toFixed(0)} MB`

/** What each process holds more than before, once it gave back what it could. */
async function settled(before: ReadonlyMap<string, number>): Promise<Growth[]> {
  const look = () =>
    [...ground.memory()].map(([name, now]): Growth => ({ name, now, mb: now - (before.get(name) ?? 0) }))
  const isBack = async (): Promise<void> => {
    while (look().some(({ mb }) => mb > GROWTH_MB)) await new Promise(resolve => setTimeout(resolve, 500))
  }
  await within(isBack(), 'memory was not given back').catch(() => undefined)
  return look()
}
