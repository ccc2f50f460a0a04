/** The line between proxies, as bad as a test wants it: cut in either direction, and with one fault for each next batch. */
import { UnreachableError } from '../../proxy/transport.ts'
import { CallRefusedError } from '../../shared/process/http-client.ts'
import type { Acknowledgement, Batch } from '../../shared/protocol/overlay.ts'
import type { MemoryNetwork } from '../harness/memory-transport.ts'

/** `refused`: errors come at once. `silent`: packets vanish, and whoever waits waits until its deadline. */
export const CUTS = ['refused', 'silent'] as const
export type Cut = (typeof CUTS)[number]

export const FAULTS = ['lost', 'reset', 'unacknowledged', 'late', 'twice', 'slow', 'busy'] as const
export type Fault = (typeof FAULTS)[number]

type Deliver = () => Promise<Acknowledgement>

const never = () => new Promise<never>(() => {})
const after = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

export class FaultyLine {
  /** Faults that met a batch. */
  hit = 0
  readonly #cuts = new Map<string, Cut>()
  readonly #faults = new Map<string, { fault: Fault; ms: number }[]>()

  constructor(network: MemoryNetwork) {
    network.fault = batch => deliver => this.#carry(batch, deliver)
  }

  /** Nothing goes from a name any more: neither its batches nor its acknowledgements. */
  cut(from: string, how: Cut): void {
    this.#cuts.set(from, how)
  }

  heal(): void {
    this.#cuts.clear()
    this.#faults.clear()
  }

  /** The next batch from a name meets a fault; `ms` is how late something comes that is late. */
  failNext(from: string, fault: Fault, ms: number): void {
    this.#faults.set(from, [...(this.#faults.get(from) ?? []), { fault, ms }])
  }

  async #carry(batch: Batch, deliver: Deliver): Promise<Acknowledgement> {
    await this.#pass(batch.from, error => new UnreachableError(error))
    const next = this.#faults.get(batch.from)?.shift()
    const acknowledgement = next === undefined ? await deliver() : await this.#fail(next, deliver)
    await this.#pass(batch.to, error => new Error(error))
    return acknowledgement
  }

  async #pass(from: string, error: (why: string) => Error): Promise<void> {
    const cut = this.#cuts.get(from)
    if (cut === undefined) return
    this.hit += 1
    if (cut === 'silent') await never()
    throw error('the line is cut')
  }

  async #fail({ fault, ms }: { fault: Fault; ms: number }, deliver: Deliver): Promise<Acknowledgement> {
    this.hit += 1
    switch (fault) {
      case 'lost':
        throw new UnreachableError('connection refused')
      case 'reset':
        throw new Error('connection reset')
      case 'busy':
        throw new CallRefusedError('/overlay/messages', { status: 503, body: undefined })
      case 'unacknowledged':
        await deliver()
        throw new Error('connection reset')
      case 'late':
        setTimeout(() => void deliver().catch(() => undefined), ms)
        throw new Error('connection reset')
      case 'twice': {
        // A batch that never arrived cannot arrive once more.
        const acknowledgement = await deliver()
        setTimeout(() => void deliver().catch(() => undefined), ms)
        return acknowledgement
      }
      case 'slow': {
        await after(ms / 2)
        const acknowledgement = await deliver()
        await after(ms / 2)
        return acknowledgement
      }
      default:
        return fault satisfies never
    }
  }
}
