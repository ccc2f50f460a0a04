/** How a batch reaches another proxy. The sending loop knows only this. */
import { Agent } from 'undici'
import { boundedText } from '../shared/process/bounded-body.ts'
import { acceptReply } from '../shared/process/http-client.ts'
import { errorCode } from '../shared/protocol/errors.ts'
import { ACKNOWLEDGEMENT_BYTES, Acknowledgement, type Batch } from '../shared/protocol/overlay.ts'
import type { PeerRoute } from '../shared/protocol/route.ts'

/** Longest wait for the whole of an acknowledgement, in milliseconds. */
export const DELIVERY_MS = 15_000
const CONNECT_MS = 2_000

/** Nobody was there: nothing can have arrived. */
export class UnreachableError extends Error {}

/** `describeTransport` holds whatever implements this to these words. */
export interface Transport extends AsyncDisposable {
  /**
   * Resolves with the recipient's acknowledgement; fails once its deadline is over or the signal aborts.
   * @throws {UnreachableError} when the batch cannot have arrived
   * @throws {CallRefusedError} when the recipient answered with an error; anything else when the batch may have arrived
   */
  deliver(batch: Batch, signal: AbortSignal): Promise<Acknowledgement>
}

/** Straight to the recipient's proxy over pooled connections, at the address that the routing table names at that moment. */
export class HttpTransport implements Transport {
  readonly #agent = new Agent({
    connections: 2,
    keepAliveTimeout: 30_000,
    connect: { timeout: CONNECT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  readonly #route: (name: string) => PeerRoute
  readonly #deadlineMs: number

  /** @param route throws when the table has no such peer */
  constructor(route: (name: string) => PeerRoute, { deadlineMs = DELIVERY_MS } = {}) {
    this.#route = route
    this.#deadlineMs = deadlineMs
  }

  async deliver(batch: Batch, signal: AbortSignal): Promise<Acknowledgement> {
    const { host, port } = this.#route(batch.to)
    const origin = `http://${host}:${port}`
    const body = JSON.stringify(batch)
    return this.#withDeadline(origin, signal, async call => {
      const request = this.#agent.request({
        origin,
        path: '/overlay/messages',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: call,
      })
      const {
        statusCode: status,
        headers,
        body: answer,
      } = await request.catch((error: unknown) => {
        throw neverArrived(error) ? new UnreachableError(`nobody answers at ${origin}`) : error
      })
      const text = await boundedText(answer, { bytes: ACKNOWLEDGEMENT_BYTES, what: `The answer of ${origin}` })
      return Acknowledgement.parse(acceptReply(origin, { status, headers, text }))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }

  /** One deadline for all of a delivery: an answer that comes in drops would outlast any pause between them. */
  async #withDeadline<T>(origin: string, signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ending = new AbortController()
    const stop = () => ending.abort(signal.reason)
    const late = () => ending.abort(new Error(`${origin} did not answer within ${this.#deadlineMs} ms`))
    const timer = setTimeout(late, this.#deadlineMs)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    try {
      return await call(ending.signal)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }
}

const neverArrived = (error: unknown): boolean => {
  const code = errorCode(error)
  return code === 'ECONNREFUSED' || code === 'UND_ERR_CONNECT_TIMEOUT'
}
