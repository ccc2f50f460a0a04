/** What 100,000 waiting messages cost a proxy in memory: on their way to a proxy that is dead, or for a peer that is away. */
import { v7 as uuidv7 } from 'uuid'
import { Fleet } from '../harness/fleet.ts'
import { Connection } from './connection.ts'
import type { Figure, Scenario } from './figure.ts'
import { memoryOf } from './memory.ts'

const MESSAGES = 100_000
/** What the process grows by with its first messages is not what waiting costs. */
const WARM_UP = 10_000
const BATCH = 64
const AIM = { atMost: 50 }
/** Longest wait until everything has moved on, in milliseconds. */
const PATIENCE_MS = 300_000

export const waiting: Scenario = {
  name: 'waiting',
  about: `${MESSAGES} messages waiting in a proxy`,
  runs: 1,
  run: async () => [...(await forDeadProxy()), ...(await forPeerAway())],
}

/** The sender's proxy keeps them: the recipient's proxy is dead. */
async function forDeadProxy(): Promise<Figure[]> {
  await using fleet = await Fleet.open()
  await startProxies(fleet)
  await fleet.start('peer', 'behrooz')
  await submit(fleet, WARM_UP)
  await carried(fleet)
  await fleet.life('proxy behrooz').kill()
  return await growth(fleet, { process: 'proxy alice', name: "the sender's proxy, the other dead" }, async () => {
    await submit(fleet, MESSAGES)
  })
}

/** The recipient's proxy keeps them: its peer is away. */
async function forPeerAway(): Promise<Figure[]> {
  await using fleet = await Fleet.open()
  await startProxies(fleet)
  await fleet.start('peer', 'behrooz')
  await submit(fleet, WARM_UP)
  await carried(fleet)
  await fleet.life('peer behrooz').kill()
  return await growth(fleet, { process: 'proxy behrooz', name: "the recipient's proxy, its peer away" }, async () => {
    await submit(fleet, MESSAGES)
    await carried(fleet)
  })
}

async function startProxies(fleet: Fleet): Promise<void> {
  await fleet.start('controller')
  await Promise.all([fleet.start('proxy', 'alice'), fleet.start('proxy', 'behrooz')])
}

async function growth(
  fleet: Fleet,
  { process, name }: { process: string; name: string },
  work: () => Promise<void>,
): Promise<Figure[]> {
  const { pid } = fleet.life(process)
  const before = memoryOf([pid])
  await work()
  const after = memoryOf([pid])
  const pss = (after.pss ?? Number.NaN) - (before.pss ?? Number.NaN)
  return [
    { name: `100,000 waiting in ${name}: RSS grows by`, measured: after.rss - before.rss, unit: 'MB', aim: AIM },
    { name: `  RSS before, ${name}`, measured: before.rss, unit: 'MB' },
    { name: `  PSS grows by, ${name}`, measured: pss, unit: 'MB' },
  ]
}

async function submit(fleet: Fleet, count: number): Promise<void> {
  using connection = await Connection.open(new URL(`${fleet.proxy(1)}/messages/batch`))
  for (let n = 0; n < count; n += BATCH) {
    const messages = Array.from({ length: Math.min(BATCH, count - n) }, (_, k) => ({
      id: uuidv7(),
      destination: 'behrooz',
      message: `message ${n + k} of those that wait until somebody comes for them`,
      timestamp: new Date().toISOString(),
    }))
    const status = await connection.post(JSON.stringify({ messages }))
    if (status !== 202) throw new Error(`the proxy answered ${status}`)
  }
}

/** Resolves once the sender's proxy has nothing left to carry. */
async function carried(fleet: Fleet): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  while (Date.now() < until) {
    const metrics = await (await fetch(`${fleet.proxy(1)}/metrics`)).text()
    if (/^\w*waiting(?:{.*})? 0$/m.test(metrics)) return
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  throw new Error('not everything was carried in time')
}
