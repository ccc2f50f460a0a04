/** Calls of others as a process of a test: what an attacker's own process is busy with is not in their times. */
import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import { quantile } from '../harness/quantile.ts'
import { Order, type Probed } from './probe.ts'

/** Calls one after another on each connection, with pauses: a caller that never rests would be an attack itself. */
const PAUSE_MS = 5
const PATIENCE_MS = 20_000

/** @returns how long it took; {@link PATIENCE_MS} for a call that failed */
const ask = (url: string, agent: Agent): Promise<number> =>
  new Promise(resolve => {
    const began = performance.now()
    const outgoing = request(url, { agent, timeout: PATIENCE_MS }, response => {
      response.resume().once('end', () => resolve(performance.now() - began))
    })
    outgoing.on('timeout', () => outgoing.destroy()).on('error', () => resolve(PATIENCE_MS))
    outgoing.end()
  })

async function probe({ urls, ms }: Order): Promise<Probed> {
  const agent = new Agent({ keepAlive: true })
  const end = performance.now() + ms
  const times: number[] = []
  const caller = async (url: string) => {
    while (performance.now() < end) {
      times.push(await ask(url, agent))
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
    }
  }
  await Promise.all(urls.map(caller))
  agent.destroy()
  return { p99: quantile(times, 0.99), calls: times.length, failed: times.filter(time => time === PATIENCE_MS).length }
}

process.on('message', order => void probe(Order.parse(order)).then(probed => process.send?.(probed)))
process.once('disconnect', () => process.exit(0))
