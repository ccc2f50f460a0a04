/** A transport without sockets: batches cross as JSON to the overlay side of other proxies, with the faults a test asks for. */
import type { Hono } from 'hono'
import { DELIVERY_MS, type Transport, UnreachableError } from '../../proxy/transport.ts'
import { acceptReply } from '../../shared/process/http-client.ts'
import { Acknowledgement, type Batch } from '../../shared/protocol/overlay.ts'
import type { PeerRoute } from '../../shared/protocol/route.ts'

/**
 * `lost`: nobody is there, the batch never arrives. `unacknowledged`: it arrives and is committed, the answer does not come back.
 * A function is run in place of the delivery and may call it.
 */
export type Fault =
  | 'none'
  | 'lost'
  | 'unacknowledged'
  | ((deliver: () => Promise<Acknowledgement>) => Promise<Acknowledgement>)

/** What answers a request: an app, or whatever a test makes of it. */
export type Answerer = Pick<Hono, 'request'>

export class MemoryNetwork {
  readonly #listening = new Map<number, Answerer>()
  /** Every batch that was sent, whether or not it arrived. */
  readonly sent: Batch[] = []
  /** Asked for each delivery. */
  fault: (batch: Batch) => Fault = () => 'none'

  /** Whoever does not listen cannot be reached. */
  listen(port: number, app: Answerer): void {
    if (this.#listening.has(port)) throw new Error(`port ${port} is taken`)
    this.#listening.set(port, app)
  }

  leave(port: number): void {
    this.#listening.delete(port)
  }

  /** One fault for each of the next deliveries to a name, then none. */
  failNext(name: string, ...faults: Fault[]): void {
    this.fault = batch => (batch.to === name ? (faults.shift() ?? 'none') : 'none')
  }

  /** @param route as for the transport with sockets */
  transport(route: (name: string) => PeerRoute, { deadlineMs = DELIVERY_MS } = {}): Transport {
    const closing = new AbortController()
    return {
      deliver: async (batch, signal) => {
        const { port } = route(batch.to)
        return untilEnded([signal, closing.signal], deadlineMs, () => this.#carry(batch, port))
      },
      [Symbol.asyncDispose]: async () => closing.abort(new Error('the transport is closed')),
    }
  }

  async #carry(batch: Batch, port: number): Promise<Acknowledgement> {
    // A real request takes a turn of the event loop at least.
    await new Promise(resolve => setImmediate(resolve))
    this.sent.push(structuredClone(batch))
    const fault = this.fault(batch)
    const deliver = () => this.#post(batch, port)
    if (typeof fault === 'function') return fault(deliver)
    if (fault === 'lost') throw new UnreachableError('connection refused')
    const acknowledgement = await deliver()
    if (fault === 'unacknowledged') throw new Error('connection reset')
    return acknowledgement
  }

  async #post(batch: Batch, port: number): Promise<Acknowledgement> {
    const app = this.#listening.get(port)
    if (app === undefined) throw new UnreachableError('connection refused')
    const response = await app.request('/overlay/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    })
    const headers = Object.fromEntries(response.headers)
    const reply = { status: response.status, headers, text: await response.text() }
    return Acknowledgement.parse(acceptReply('/overlay/messages', reply))
  }
}

/** The call, or an error as soon as a signal aborts or the deadline is over: what it does from then on nobody hears. */
export async function untilEnded<T>(
  signals: readonly AbortSignal[],
  deadlineMs: number,
  call: () => Promise<T>,
): Promise<T> {
  for (const signal of signals) signal.throwIfAborted()
  let end = (_reason: unknown) => {}
  const ended = new Promise<never>((_, reject) => {
    end = reject
  })
  const late = setTimeout(() => end(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs)
  const stops = signals.map(signal => ({ signal, stop: () => end(signal.reason) }))
  for (const { signal, stop } of stops) signal.addEventListener('abort', stop)
  try {
    return await Promise.race([ended, call()])
  } finally {
    clearTimeout(late)
    for (const { signal, stop } of stops) signal.removeEventListener('abort', stop)
  }
}
