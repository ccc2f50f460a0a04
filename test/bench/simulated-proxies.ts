/** Thousands of proxies as the controller sees them, in one process: registration, heartbeats, the stream of routes, answers. */
import { Agent, get, type IncomingMessage, request } from 'node:http'
import { bearer } from '../../shared/process/overlay-key.ts'
import type { Secret } from '../../shared/process/secret.ts'

const HEARTBEAT_MS = 10_000
/** Most calls under way at once; the streams have a connection each beside them. */
const CALLS = 64
const COUNTERS = { sent: 0, delivered: 0, received: 0, failed: 0, waiting: 0, asked: 0 }

export type Pushed = { readonly proxy: number; readonly kind: 'table' | 'credentials'; readonly version: number | null }

export const simulatedName = (proxy: number): string => `sim${proxy}`

export class SimulatedProxies implements Disposable {
  readonly #controller: string
  readonly #headers: Record<string, string>
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CALLS })
  readonly #streams: IncomingMessage[] = []
  readonly #heartbeats: NodeJS.Timeout[] = []
  /** Called for every push, in the order of arrival. */
  onPush: (push: Pushed) => void = () => {}
  failures = 0

  constructor(controller: string, key: Secret) {
    this.#controller = controller
    this.#headers = bearer(key)
  }

  /** Resolves once all of them are registered and have their table. */
  async connect(count: number): Promise<void> {
    const waiting = new Set(Array.from({ length: count }, (_, proxy) => proxy))
    const all = new Promise<void>(resolve => {
      this.onPush = ({ proxy, kind }) => {
        if (kind === 'table') waiting.delete(proxy)
        if (waiting.size === 0) resolve()
      }
    })
    const queue = [...waiting].reverse()
    const work = async () => {
      for (let proxy = queue.pop(); proxy !== undefined; proxy = queue.pop()) {
        await this.call('/api/register', { name: simulatedName(proxy), host: '127.0.0.1', port: 30_000 + proxy })
        await this.#follow(proxy)
        this.#beat(proxy)
      }
    }
    await Promise.all(Array.from({ length: CALLS }, work))
    await all
  }

  /** Resolves once every proxy was pushed what `isIt` accepts. @returns milliseconds from now until each had it, sorted */
  async allPushed(count: number, isIt: (push: Pushed) => boolean): Promise<number[]> {
    const began = performance.now()
    const after = new Map<number, number>()
    await new Promise<void>(resolve => {
      this.onPush = push => {
        if (!isIt(push) || after.has(push.proxy)) return
        after.set(push.proxy, performance.now() - began)
        if (after.size === count) resolve()
      }
    })
    return [...after.values()].sort((a, b) => a - b)
  }

  call(path: string, body: unknown, method = 'POST', headers: Record<string, string> = {}): Promise<number> {
    const text = JSON.stringify(body)
    const all = { ...this.#headers, ...headers, 'content-type': 'application/json' }
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${this.#controller}${path}`,
        { method, agent: this.#agent, headers: { ...all, 'content-length': Buffer.byteLength(text) } },
        reply => {
          if (reply.statusCode !== 200) this.failures += 1
          reply.resume().once('end', () => resolve(reply.statusCode ?? 0))
        },
      )
      outgoing.once('error', reject).end(text)
    })
  }

  [Symbol.dispose](): void {
    for (const timer of this.#heartbeats) clearTimeout(timer)
    for (const stream of this.#streams) stream.destroy()
    this.#agent.destroy()
  }

  #follow(proxy: number): Promise<void> {
    const url = `${this.#controller}/api/routes?name=${simulatedName(proxy)}`
    return new Promise((resolve, reject) => {
      const outgoing = get(url, { agent: false, headers: this.#headers }, stream => {
        if (stream.statusCode !== 200) return reject(new Error(`a stream was refused: ${stream.statusCode}`))
        this.#streams.push(stream)
        let rest = ''
        stream.setEncoding('latin1').on('data', (text: string) => {
          const frames = (rest + text).split('\n\n')
          rest = frames.pop() ?? ''
          for (const frame of frames) this.#read(proxy, frame)
        })
        stream.once('error', () => {})
        resolve()
      })
      outgoing.once('error', reject)
    })
  }

  #read(proxy: number, frame: string): void {
    const match = /^data: \{"kind":"(table|credentials)"(?:,"version":(\d+))?/.exec(frame)
    if (match === null) return
    const kind = match[1] === 'table' ? 'table' : 'credentials'
    const version = match[2] === undefined ? null : Number(match[2])
    this.onPush({ proxy, kind, version })
    if (kind === 'table')
      this.call('/api/routes/answer', { name: simulatedName(proxy), version, applied: true }).catch(() => {
        this.failures += 1
      })
  }

  #beat(proxy: number): void {
    const heartbeat = () =>
      this.call('/api/heartbeat', { name: simulatedName(proxy), counters: COUNTERS }).catch(() => {
        this.failures += 1
      })
    this.#heartbeats[proxy] = setInterval(heartbeat, HEARTBEAT_MS)
  }
}
