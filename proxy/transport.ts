/** How a batch reaches another proxy. The sending loop knows only this. */
import { Agent } from 'undici'
import { acceptReply } from '../shared/process/http-client.ts'
import { Acknowledgement, type Batch } from '../shared/protocol/overlay.ts'
import type { PeerRoute } from '../shared/protocol/route.ts'

/** Longest wait for an acknowledgement, in milliseconds. */
const DELIVER_TIMEOUT_MS = 15_000

/** Nobody was there: nothing can have arrived. */
export class UnreachableError extends Error {}

export interface Transport {
  /**
   * Resolves with the recipient's acknowledgement.
   * @throws {UnreachableError} when the batch cannot have arrived; anything else when it may have
   */
  deliver(batch: Batch, signal: AbortSignal): Promise<Acknowledgement>
}

/** Straight to the recipient's proxy over pooled connections, at the address that the routing table names at that moment. */
export class HttpTransport implements Transport, AsyncDisposable {
  readonly #agent = new Agent({ connections: 2, keepAliveTimeout: 30_000, connect: { timeout: 2_000 } })
  readonly #route: (name: string) => PeerRoute

  /** @param route throws when the table has no such peer */
  constructor(route: (name: string) => PeerRoute) {
    this.#route = route
  }

  async deliver(batch: Batch, signal: AbortSignal): Promise<Acknowledgement> {
    const { host, port } = this.#route(batch.to)
    const origin = `http://${host}:${port}`
    const request = this.#agent.request({
      origin,
      path: '/overlay/messages',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
      signal,
      headersTimeout: DELIVER_TIMEOUT_MS,
      bodyTimeout: DELIVER_TIMEOUT_MS,
    })
    const reply = await request.catch((error: unknown) => {
      throw neverArrived(error) ? new UnreachableError(`nobody answers at ${origin}`) : error
    })
    return Acknowledgement.parse(acceptReply(origin, { status: reply.statusCode, text: await reply.body.text() }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }
}

const neverArrived = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ECONNREFUSED' || error.code === 'UND_ERR_CONNECT_TIMEOUT')
