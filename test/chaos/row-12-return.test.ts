/**
 * Row 12: a proxy was away while many others have messages for it, and returns. Arrivals are the requests that carry messages,
 * one for each of the others at least. Those that find it by themselves must come spread over the pauses they have reached,
 * which are about as long as the outage: the peak is the fullest fifth of the time in which nine tenths of
 * them come, or of the length of the outage if that is longer, against the mean of the fifths. Whom it greets comes at
 * once, as is wanted; there only retries count. A retry is a request that is not answered during the return, or brings again
 * what was answered before.
 */
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { portsFrom } from '../../config/ports.ts'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { call } from '../harness/peer-client.ts'
import { freePort } from '../harness/scratch.ts'
import { type Delivery, OverlayFront } from './overlay-front.ts'
import { count, isFull, report } from './report.ts'
import { converged, until } from './waiting.ts'

const SENDERS = count({ full: 50, small: 8 })
const MESSAGES = 5
/** Long enough for pauses of several seconds (full: up to 32 s), short enough that a test can wait for the last. */
const AWAY_MS = count({ full: 10_000, small: 2_000 })
const FIFTHS = 5
/** The last tenth is left out: the few longest pauses would stretch the time over which the mean is taken. */
const MOST = 0.9
/** How often it is away before it knows anybody. */
const RETURNS = count({ full: 2, small: 1 })
/** Processes that start at a time. */
const TOGETHER = 8

const names = Array.from({ length: SENDERS }, (_, n) => `sender${n + 1}`)
const ofMessages = ({ sequences }: Delivery) => sequences.length > 0
const answered = ({ status }: Delivery) => status === 200
const senders = (deliveries: readonly Delivery[]) => new Set(deliveries.map(({ from }) => from)).size

type Return = {
  readonly seconds: number
  /** Arrivals in each fifth of the time. */
  readonly counts: readonly number[]
  readonly retries: number
  readonly duringOutage: number
}

function judge(deliveries: readonly Delivery[]): Return {
  const times = deliveries
    .filter(answered)
    .map(({ at }) => at)
    .sort((one, other) => one - other)
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  const most = times[Math.ceil(times.length * MOST) - 1] ?? last
  const windowMs = Math.max(AWAY_MS, most - first)
  const counts = new Array<number>(FIFTHS).fill(0)
  for (const at of times) {
    const fifth = Math.floor(((at - first) / windowMs) * FIFTHS)
    if (at <= first + windowMs) counts[Math.min(FIFTHS - 1, fifth)] = (counts[Math.min(FIFTHS - 1, fifth)] ?? 0) + 1
  }
  const known = new Set<string>()
  let retries = 0
  for (const delivery of deliveries.filter(({ at }) => at >= first)) {
    const ids = delivery.sequences.map(sequence => `${delivery.from} ${sequence}`)
    if (!answered(delivery) || ids.some(id => known.has(id))) retries += 1
    if (answered(delivery)) for (const id of ids) known.add(id)
  }
  return {
    seconds: (last - first) / 1_000,
    counts,
    retries,
    duringOutage: deliveries.filter(({ at }) => at < first).length,
  }
}

/** The fullest fifth against the mean, over several returns: fifty arrivals alone would leave much to chance. */
function peakOf(returns: readonly Return[]): number {
  const sums = Array.from({ length: FIFTHS }, (_, n) => returns.reduce((sum, { counts }) => sum + (counts[n] ?? 0), 0))
  return Math.max(...sums) / (sums.reduce((sum, one) => sum + one, 0) / FIFTHS)
}

test('a proxy that returns to many who wait is not overrun, and hardly anybody tries twice', async () => {
  await using fleet = await Fleet.open({ config: persons('hub', ...names) })
  await using front = await OverlayFront.open(await freePort(), portsFrom(fleet.base).proxy(0))
  const route = { kind: 'peer', host: '127.0.0.1', port: front.port }
  const save = async (name: string, endpoints: unknown) => {
    const url = `${fleet.controller}/api/proxies/${name}/endpoints`
    expect((await call('PUT', url, { endpoints }, { 'if-match': '*' })).status).toBe(200)
  }
  await fleet.start('controller')
  // At first its own table names none of them: they must find it by themselves.
  await save('hub', {})
  await fleet.start('proxy', 'hub')
  for (let n = 0; n < SENDERS; n += TOGETHER) {
    const group = names.slice(n, n + TOGETHER)
    for (const name of group) await save(name, { hub: route })
    await Promise.all(group.map(name => fleet.start('proxy', name)))
  }
  await until(() => senders(front.deliveries.filter(answered)) === SENDERS)

  const outage = async (): Promise<Return> => {
    await fleet.life('proxy hub').kill()
    const begin = front.deliveries.length
    const gone = performance.now()
    for (let m = 0; m < MESSAGES; m += 1)
      await Promise.all(
        names.map(async (_, n) => {
          const timestamp = new Date().toISOString()
          const body = { id: uuidv7(), destination: 'hub', message: `waiting ${m}`, timestamp }
          expect((await call('POST', `${fleet.proxy(n + 1)}/messages`, body)).status).toBe(202)
        }),
      )
    await until(() => performance.now() - gone > AWAY_MS)
    await fleet.start('proxy', 'hub')
    const since = () => front.deliveries.slice(begin).filter(ofMessages)
    const delivered = () =>
      new Set(
        since()
          .filter(answered)
          .flatMap(({ from, sequences }) => sequences.map(n => `${from} ${n}`)),
      )
    await until(() => delivered().size === SENDERS * MESSAGES)
    return judge(since())
  }
  const tell = (fault: string, returns: readonly Return[], held: string) => {
    const [injected, messages] = [SENDERS * returns.length, SENDERS * MESSAGES * returns.length]
    report({ row: 12, fault, injected, hit: returns.reduce((sum, one) => sum + one.duringOutage, 0), messages, held })
  }
  const retriesOf = (returns: readonly Return[]) => returns.reduce((sum, { retries }) => sum + retries, 0)
  const words = (returns: readonly Return[]) =>
    `all within ${Math.max(...returns.map(({ seconds }) => seconds)).toFixed(1)} s, ${retriesOf(returns)} retries`

  const found: Return[] = []
  for (let n = 0; n < RETURNS; n += 1) found.push(await outage())
  const peak = peakOf(found)
  tell(
    'a proxy returns to many that it does not know',
    found,
    `${words(found)}, peak ${peak.toFixed(1)} times the mean`,
  )
  const ports = portsFrom(fleet.base)
  const everybody = names.map((name, n) => [name, { kind: 'peer', host: '127.0.0.1', port: ports.proxy(n + 1) }])
  await save('hub', Object.fromEntries(everybody))
  await converged(fleet.controller, 'hub')
  const greeting = [await outage()]
  tell('a proxy returns to many, and greets them', greeting, words(greeting))

  for (const returns of [found, greeting])
    expect(retriesOf(returns)).toBeLessThanOrEqual(SENDERS * returns.length * 0.1)
  // With a few senders a fifth holds one or two of them: chance alone makes any peak.
  if (isFull) expect(peak).toBeLessThanOrEqual(3)
})
