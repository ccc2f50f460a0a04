/** How a batch reaches another proxy. The sending loop knows only this. */
import { Acknowledgement, type Batch } from '../shared/protocol/overlay.ts'
import type { PeerRoute } from '../shared/protocol/route.ts'
import type { HttpClient } from '../shared/process/http-client.ts'

/** Longest wait for an acknowledgement, in milliseconds. */
const DELIVER_TIMEOUT_MS = 15_000

export interface Transport {
  /** Resolves with the recipient's acknowledgement; rejects when there was none, whether or not the batch arrived. */
  deliver(batch: Batch, signal: AbortSignal): Promise<Acknowledgement>
}

/** Straight to the recipient's proxy over HTTP, at the address that the routing table names at that moment. */
export class HttpTransport implements Transport {
  readonly #client: HttpClient
  readonly #route: (name: string) => PeerRoute

  /** @param route throws when the table has no such peer */
  constructor(client: HttpClient, route: (name: string) => PeerRoute) {
    this.#client = client
    this.#route = route
  }

  async deliver(batch: Batch, signal: AbortSignal): Promise<Acknowledgement> {
    const { host, port } = this.#route(batch.to)
    const url = `http://${host}:${port}/overlay/messages`
    return Acknowledgement.parse(await this.#client.json('POST', url, { body: batch, signal, timeoutMs: DELIVER_TIMEOUT_MS }))
  }
}
