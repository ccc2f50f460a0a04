/** Times messages one at a time: from the POST to the event that shows the message. */
import { Agent, get, request } from 'node:http'
import { v7 as uuidv7 } from 'uuid'

export type Path = { readonly post: string; readonly events: string; readonly body: (id: string) => unknown }
export type Latency = { readonly p50: number; readonly p99: number }

const PAUSE_MS = 5

/** @returns milliseconds over `count` messages, after as many to warm up */
export async function roundTrips(path: Path, count: number): Promise<Latency> {
  const agent = new Agent({ keepAlive: true })
  const waiting = new Map<string, () => void>()
  const reader = await listen(path.events, id => waiting.get(id)?.())
  const times: number[] = []
  for (let n = -count; n < count; n += 1) {
    const id = uuidv7()
    const shown = new Promise<void>(resolve => waiting.set(id, resolve))
    const began = performance.now()
    await post(path.post, path.body(id), agent)
    await shown
    if (n >= 0) times.push(performance.now() - began)
    waiting.delete(id)
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
  }
  reader.destroy()
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

const post = (url: string, body: unknown, agent: Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    const text = JSON.stringify(body)
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const outgoing = request(url, { method: 'POST', agent, headers }, reply => {
      reply
        .resume()
        .once('end', () =>
          reply.statusCode === 202 ? resolve() : reject(new Error(`${url} answered ${reply.statusCode}`)),
        )
    })
    outgoing.once('error', reject).end(text)
  })

const listen = (url: string, onId: (id: string) => void): Promise<{ destroy: () => void }> =>
  new Promise((resolve, reject) => {
    get(url, reply => {
      reply.setEncoding('utf8').on('data', (text: string) => {
        for (const match of text.matchAll(/"id":"([0-9a-f-]{36})"/g)) onId(match[1] ?? '')
      })
      reply.once('data', () => resolve(reply)).once('error', () => {})
    }).on('error', reject)
  })
