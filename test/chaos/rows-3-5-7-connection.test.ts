/** Rows 3, 5 and 7: what the connections between proxies do to messages. Four persons in a ring, every connection in our hands. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Direction, Fault, FaultProxy } from '../harness/fault-proxy.ts'
import type { Load } from './load.ts'
import { Random } from './random.ts'
import { count, isFull, report } from './report.ts'
import { Stage } from './stage.ts'
import { sentBy } from './verdict.ts'

/** Two neighbours of the ring, and the connections of their proxies in both directions. */
type Lane = { readonly from: string; readonly to: string; readonly there: FaultProxy; readonly back: FaultProxy }

const PERSONS = ['alice', 'bob', 'carol', 'dave'] as const
let stage: Stage
const lanes: Lane[] = []

beforeAll(async () => {
  stage = await Stage.open(PERSONS)
  for (const [n, from] of PERSONS.entries()) {
    const to = PERSONS[(n + 1) % PERSONS.length] ?? from
    lanes.push({ from, to, there: await stage.between(from, to), back: await stage.between(to, from) })
  }
})
afterAll(() => stage[Symbol.asyncDispose]())

const proxies = () => lanes.flatMap(({ there, back }) => [there, back])
const sum = (figure: (proxy: FaultProxy) => number): number =>
  proxies().reduce((total, proxy) => total + figure(proxy), 0)
const stopAll = (loads: readonly Load[]) => Promise.all(loads.map(load => load.stop()))

/** Plans a fault for every exchange of all `planned` proxies until the end of the scope, and counts what happened in it. */
function faults(planned: readonly FaultProxy[], plan: () => Fault | undefined) {
  const before = { injected: sum(({ counts }) => counts.injected), hit: sum(({ counts }) => counts.hit) }
  for (const proxy of planned) proxy.plan = plan
  return {
    counts: () => ({
      injected: sum(({ counts }) => counts.injected) - before.injected,
      hit: sum(({ counts }) => counts.hit) - before.hit,
    }),
    [Symbol.dispose]: () => {
      for (const proxy of planned) proxy.plan = () => undefined
    },
  }
}

test('an acknowledgement that is lost after the commit makes no message appear twice', async () => {
  const random = new Random('lost acknowledgements')
  const wanted = count({ full: 1000, small: 20 })
  const isAcknowledgement = (request: Buffer, answer: Buffer) =>
    request.includes('"sequence":') && answer.includes('HTTP/1.1 200')
  const loads = lanes.map(({ from, to }) => stage.load(from, to, { perSecond: 25 }))
  let counts: { injected: number; hit: number }
  {
    using lost = faults(
      lanes.map(({ there }) => there),
      () => (random.chance(0.7) ? { kind: 'reset', in: 'response', after: 0, when: isAcknowledgement } : undefined),
    )
    const until = Date.now() + 400_000
    while (lost.counts().hit < wanted && Date.now() < until) await pause(20)
    counts = lost.counts()
  }
  await stopAll(loads)
  const held = await stage.verdict()
  report({ row: 3, fault: 'acknowledgement lost after the commit', ...counts, messages: sentBy(loads), held })
  expect(counts.hit).toBeGreaterThanOrEqual(wanted)
})

/** Three in ten connections are reset, and some stall, end in the midst of a word, or are slow. */
function badConnection(random: Random): Fault | undefined {
  const direction: Direction = random.chance(0.5) ? 'request' : 'response'
  const place = { in: direction, after: random.between(0, direction === 'request' ? 1500 : 350) }
  const luck = random.next()
  if (luck < 0.3) return { kind: 'reset', ...place }
  if (luck < 0.4) return { kind: 'truncate', ...place }
  if (luck < 0.5) return { kind: 'stall', ...place, ms: random.between(50, isFull ? 2000 : 500) }
  if (luck < 0.6) return { kind: 'stall', in: 'request', after: 0, ms: random.between(50, isFull ? 2000 : 500) }
  return undefined
}

test('over connections that are reset, stall, end early and are slow every message arrives once and in order', async () => {
  const random = new Random('bad connections')
  const messages = count({ full: 10_000, small: 200 }) / (lanes.length * 2)
  let counts: { injected: number; hit: number }
  const loads: Load[] = []
  {
    using bad = faults(proxies(), () => badConnection(random))
    for (const { from, to } of lanes)
      loads.push(stage.load(from, to, { messages, perSecond: 25 }), stage.load(to, from, { messages, perSecond: 25 }))
    await Promise.all(loads.map(load => load.done()))
    // What is still on its way has to come through as well.
    await stage.verdict()
    counts = bad.counts()
  }
  const held = await stage.verdict()
  report({ row: 5, fault: 'reset 30 %, stall, truncate, delay', ...counts, messages: sentBy(loads), held })
  expect(counts.hit).toBeGreaterThan(0)
})

/** What is cut of a lane: `there` is the request's way from the first to the second, and of the other connection the answer's. */
const PARTITIONS: Readonly<Record<string, (lane: Lane) => void>> = {
  'full partition': ({ there, back }) => {
    there.block('request', 'response')
    back.block('request', 'response')
  },
  'one-way partition, forth': ({ there, back }) => {
    there.block('request')
    back.block('response')
  },
  'one-way partition, back': ({ there, back }) => {
    there.block('response')
    back.block('request')
  },
}

const heal = ({ there, back }: Lane) => {
  there.heal()
  back.heal()
}

test('when proxies are parted fully, in one direction or again and again, every message arrives once and in order', async () => {
  const random = new Random('partitions')
  const seconds = isFull ? random.shuffled([1, 3, 10, 30, 60]) : [1]
  const ways = Object.values(PARTITIONS)
  const flap = async (lane: Lane, ms: number) => {
    const until = Date.now() + ms
    while (Date.now() < until) {
      ways[random.between(0, ways.length - 1)]?.(lane)
      await pause(random.between(50, 500))
      heal(lane)
      await pause(random.between(50, 500))
    }
  }
  const kinds = [...Object.keys(PARTITIONS), 'flapping']
  const loads = lanes.flatMap(({ from, to }) => [
    stage.load(from, to, { perSecond: 10 }),
    stage.load(to, from, { perSecond: 10 }),
  ])
  const results = await Promise.all(
    kinds.map(async (kind, n) => {
      const lane = lanes[n]
      if (lane === undefined) throw new Error('each kind has a lane of its own')
      const held = () => lane.there.held + lane.back.held
      let hit = 0
      for (const length of seconds) {
        await pause(random.between(200, 1000))
        const before = held()
        const part = PARTITIONS[kind]
        if (part === undefined) await flap(lane, length * 1000)
        else {
          part(lane)
          await pause(length * 1000)
          heal(lane)
        }
        if (held() > before) hit += 1
      }
      return { kind, hit }
    }),
  )
  await stopAll(loads)
  const held = await stage.verdict()
  const length = isFull ? '1–60 s' : '1 s'
  for (const { kind, hit } of results)
    report({ row: 7, fault: `${kind}, ${length}`, injected: seconds.length, hit, messages: sentBy(loads), held })
  expect(results.every(({ hit }) => hit > 0)).toBe(true)
})
