/**
 * Row 11: one of many is dead. It is frozen (its port takes connections and nobody answers), which costs a sender more than one
 * that is gone. Rounds without and with it alternate, each a number of messages to each of the others.
 */
import { get, type IncomingMessage } from 'node:http'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { portsFrom } from '../../config/ports.ts'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { call } from '../harness/peer-client.ts'
import { median, quantile } from '../harness/quantile.ts'
import { count, isFull, report } from './report.ts'
import { converged, until } from './waiting.ts'

const RECIPIENTS = count({ full: 20, small: 5 })
const PAIRS = count({ full: 5, small: 2 })
/** Messages to each recipient in a round. */
const MESSAGES = count({ full: 50, small: 10 })
const TOGETHER = 8
/** Rounds of the same kind differ by less than this, or the machine is too noisy to judge. */
const RISE = 1.2

const names = Array.from({ length: RECIPIENTS }, (_, n) => `recipient${n + 1}`)
const [dead = '', ...others] = names

/** Hears what arrives at proxies, as their peers would: tells each message's id at its arrival. */
class Listeners implements Disposable {
  readonly #replies: IncomingMessage[] = []
  readonly arrived = new Map<string, number>()
  readonly #waiting = new Map<string, () => void>()

  async listen(proxy: string): Promise<void> {
    const reply = await new Promise<IncomingMessage>((resolve, reject) =>
      get(`${proxy}/events`, { agent: false }, resolve).once('error', reject),
    )
    this.#replies.push(reply)
    reply.once('error', () => {}).setEncoding('utf8')
    reply.on('data', (text: string) => {
      for (const [, id = ''] of text.matchAll(/"message":\{"id":"([^"]+)"/g)) {
        this.arrived.set(id, performance.now())
        this.#waiting.get(id)?.()
      }
    })
  }

  /** Resolves with the time of arrival. */
  async arrival(id: string): Promise<number> {
    if (!this.arrived.has(id)) await new Promise<void>(resolve => this.#waiting.set(id, resolve))
    this.#waiting.delete(id)
    return this.arrived.get(id) ?? 0
  }

  [Symbol.dispose](): void {
    for (const reply of this.#replies) reply.destroy()
  }
}

test('one dead recipient among many does not hold up the others', async () => {
  await using fleet = await Fleet.open({ config: persons('sender', ...names) })
  await fleet.start('controller')
  for (let n = 0; n < RECIPIENTS; n += TOGETHER)
    await Promise.all(names.slice(n, n + TOGETHER).map(name => fleet.start('proxy', name)))
  await fleet.start('proxy', 'sender')
  await converged(fleet.controller, 'sender')
  using listeners = new Listeners()
  const proxyOf = (name: string) => `http://127.0.0.1:${portsFrom(fleet.base).proxy(names.indexOf(name) + 1)}`
  for (const name of names) await listeners.listen(proxyOf(name))

  const send = async (destination: string): Promise<string> => {
    const id = uuidv7()
    const body = { id, destination, message: 'how long does this take?', timestamp: new Date().toISOString() }
    expect((await call('POST', `${fleet.proxy(0)}/messages`, body)).status).toBe(202)
    return id
  }
  /** To each of the others in turn, and as often to the one that may be dead. @returns the 99th percentile, in milliseconds */
  const waiting: string[] = []
  const round = async (): Promise<number> => {
    const times: number[] = []
    for (let m = 0; m < MESSAGES; m += 1) {
      waiting.push(await send(dead))
      await Promise.all(
        others.map(async name => {
          const began = performance.now()
          const id = await send(name)
          times.push((await listeners.arrival(id)) - began)
        }),
      )
    }
    return quantile(times, 0.99)
  }

  await round()
  const without: number[] = []
  const frozen: number[] = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    without.push(await round())
    for (const id of waiting.splice(0)) await listeners.arrival(id)
    fleet.life(`proxy ${dead}`).signal('SIGSTOP')
    frozen.push(await round())
    // Every other message arrived, while not one to the dead recipient did.
    expect(waiting.filter(id => listeners.arrived.has(id))).toEqual([])
    fleet.life(`proxy ${dead}`).signal('SIGCONT')
    for (const id of waiting.splice(0)) await listeners.arrival(id)
  }
  await fleet.life(`proxy ${dead}`).kill()
  const gone = await round()
  expect(waiting.filter(id => listeners.arrived.has(id))).toEqual([])
  await fleet.start('proxy', dead)
  await listeners.listen(proxyOf(dead))
  for (const id of waiting.splice(0)) await listeners.arrival(id)
  await until(() => listeners.arrived.size === (PAIRS * 2 + 2) * MESSAGES * RECIPIENTS)

  const ratio = median(frozen) / median(without)
  const noise = Math.max(...without) / Math.min(...without)
  report({
    row: 11,
    fault: `one of ${RECIPIENTS} recipients frozen, then killed`,
    injected: PAIRS + 1,
    hit: PAIRS + 1,
    messages: listeners.arrived.size,
    held: `others' p99 ${median(without).toFixed(1)} ms, with it ${median(frozen).toFixed(1)} ms: times ${ratio.toFixed(2)} (noise ${noise.toFixed(2)}); gone ${gone.toFixed(1)} ms`,
  })
  if (isFull && noise < RISE) expect(ratio).toBeLessThanOrEqual(RISE)
})
