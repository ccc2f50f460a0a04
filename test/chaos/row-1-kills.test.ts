/** Row 1: every process on a message's way is killed at random moments while people talk. */
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { isThere, newest } from './conversation.ts'
import { Random } from './random.ts'
import { count, isFull, report } from './report.ts'
import { Stage } from './stage.ts'

/** Promised on a quiet machine, in milliseconds; the small run may share its cores with others. */
const SERVING_MS = isFull ? 5_000 : 20_000

const VICTIMS = [
  { title: 'peer alice', kind: 'peer', name: 'alice', role: "sender's peer" },
  { title: 'proxy alice', kind: 'proxy', name: 'alice', role: "sender's proxy" },
  { title: 'proxy bob', kind: 'proxy', name: 'bob', role: "recipient's proxy" },
  { title: 'peer bob', kind: 'peer', name: 'bob', role: "recipient's peer" },
] as const

test('whichever process is killed at a random moment, nothing is lost, shown twice or out of order, and it serves again at once', async () => {
  await using stage = await Stage.open(['alice', 'bob'])
  const random = new Random('kills')
  const load = stage.load('alice', 'bob', { perSecond: 50, abandon: 0.1 })
  const isUnderWay = async () => load.open > 0 || !(await newest(stage.peer('alice'), 'bob')).every(isThere)

  const victims = random.shuffled(
    VICTIMS.flatMap(victim => Array.from({ length: count({ full: 50, small: 3 }) }, () => victim)),
  )
  const results: { role: string; hit: boolean; ms: number }[] = []
  for (const { title, kind, name, role } of victims) {
    await pause(random.between(20, 250))
    const hit = await isUnderWay()
    const killed = performance.now()
    await stage.fleet.life(title).kill()
    await stage.fleet.start(kind, name)
    const url = kind === 'peer' ? stage.peer(name) : stage.proxy(name)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    results.push({ role, hit, ms: performance.now() - killed })
  }
  await load.stop()
  const held = await stage.verdict()
  const worst = Math.max(...results.map(({ ms }) => ms))
  for (const { role } of VICTIMS) {
    const own = results.filter(result => result.role === role)
    const slowest = Math.max(...own.map(({ ms }) => ms))
    report({
      row: 1,
      fault: `SIGKILL of the ${role}`,
      injected: own.length,
      hit: own.filter(({ hit }) => hit).length,
      messages: load.history.length,
      held: `${held}, serving again within ${(slowest / 1000).toFixed(2)} s`,
    })
  }
  expect(results.filter(({ hit }) => hit).length).toBeGreaterThan(0)
  expect(worst).toBeLessThan(SERVING_MS)
})
