/** A transport without sockets: batches cross as JSON to the overlay side of other proxies, with the faults a test asks for. */
import type { Hono } from 'hono'
import { type Transport, UnreachableError } from '../../proxy/transport.ts'
import { CallRefusedError } from '../../shared/process/http-client.ts'
import { Acknowledgement, type Batch } from '../../shared/protocol/overlay.ts'

/**
 * `lost`: nobody is there, the batch never arrives. `unacknowledged`: it arrives and is committed, the answer does not come back.
 * A function is run in place of the delivery and may call it.
 */
export type Fault =
  | 'none'
  | 'lost'
  | 'unacknowledged'
  | ((deliver: () => Promise<Acknowledgement>) => Promise<Acknowledgement>)

export class MemoryNetwork {
  readonly #apps = new Map<string, Hono>()
  /** Every batch that was sent, whether or not it arrived. */
  readonly sent: Batch[] = []
  /** Asked for each delivery. */
  fault: (batch: Batch) => Fault = () => 'none'

  /** Whoever is not there cannot be reached. */
  join(name: string, app: Hono): void {
    this.#apps.set(name.toLowerCase(), app)
  }

  leave(name: string): void {
    this.#apps.delete(name.toLowerCase())
  }

  /** One fault for each of the next deliveries to a name, then none. */
  failNext(name: string, ...faults: Fault[]): void {
    this.fault = batch => (batch.to === name ? (faults.shift() ?? 'none') : 'none')
  }

  readonly transport: Transport = {
    deliver: async batch => {
      // A real request takes a turn of the event loop at least.
      await new Promise(resolve => setImmediate(resolve))
      this.sent.push(structuredClone(batch))
      const fault = this.fault(batch)
      const deliver = () => this.#post(batch)
      if (typeof fault === 'function') return fault(deliver)
      if (fault === 'lost') throw new UnreachableError('connection refused')
      const acknowledgement = await deliver()
      if (fault === 'unacknowledged') throw new Error('connection reset')
      return acknowledgement
    },
  }

  async #post(batch: Batch): Promise<Acknowledgement> {
    const app = this.#apps.get(batch.to.toLowerCase())
    if (app === undefined) throw new UnreachableError('connection refused')
    const response = await app.request('/overlay/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    })
    const body: unknown = await response.json()
    if (response.status !== 200) throw new CallRefusedError('/overlay/messages', { status: response.status, body })
    return Acknowledgement.parse(body)
  }
}
