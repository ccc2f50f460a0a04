/** The peer's only neighbour: hands messages to the own proxy, follows its events, tells it what was kept and read. */

import { followEvents } from '../shared/process/event-source.ts'
import { CallRefusedError, type HttpClient } from '../shared/process/http-client.ts'
import type { Log } from '../shared/process/log.ts'
import { runLoop } from '../shared/process/loop.ts'
import { Wake } from '../shared/process/wake.ts'
import { errorText } from '../shared/protocol/errors.ts'
import {
  type CursorAcknowledgement,
  type ProxyEvent,
  ProxyEvent as ProxyEventSchema,
  type Signal,
  type Submission,
  type SubmissionResult,
} from '../shared/protocol/local.ts'
import { parseResults } from './outbox.ts'

/** What the link asks of whoever owns the messages. Positions are read anew at each connection. */
export interface LinkOwner {
  position(): { store: string; cursor: number } | undefined
  /** What waits to be handed over, oldest first. */
  outgoing(): Submission[]
  /** Nobody took them, and nothing arrived. */
  notHandedOver(messages: readonly Submission[]): void
  handedOver(results: readonly SubmissionResult[]): Promise<void>
  /** Receipts of reading that the proxy does not know yet. */
  tellRead(tell: (sender: string, placement: { stream: string; sequence: number }) => Promise<void>): Promise<void>
  onEvent(event: ProxyEvent): void
  onConnection(reachable: boolean): void
}

/** Statuses that say that the body itself is refused; any other failure is tried again. */
const FINAL = new Set([400, 404, 409, 413, 415, 422])

export type LinkParts = {
  readonly proxy: string
  readonly client: HttpClient
  readonly owner: LinkOwner
  readonly log: Log
  readonly random: () => number
}

export class ProxyLink {
  readonly #parts: LinkParts
  readonly #handOver = new Wake()
  readonly #acknowledge = new Wake()
  readonly #follow = new Wake()
  #reachable = false
  #kept: CursorAcknowledgement | undefined
  #acknowledged: CursorAcknowledgement | undefined
  #disconnect: (reason: Error) => void = () => {}
  #oneByOne = false

  constructor(parts: LinkParts) {
    this.#parts = parts
  }

  get isReachable(): boolean {
    return this.#reachable
  }

  /** Something waits: messages, or receipts of reading. */
  workWaits(): void {
    this.#handOver.ring()
  }

  /** Everything up to the position is safe on the own disk. */
  keptUpTo(position: CursorAcknowledgement): void {
    this.#kept = position
    this.#acknowledge.ring()
  }

  /** Begins the event stream anew, from the position that the owner names then. */
  reconnect(reason: Error): void {
    this.#disconnect(reason)
  }

  /** Takes back a message or stops an answer. @throws {CallRefusedError} when there is nothing to stop */
  async cancel(id: string, signal: AbortSignal): Promise<void> {
    await this.#parts.client.json('DELETE', `${this.#parts.proxy}/messages/${id}`, { signal })
  }

  /** Sends a passing signal; one that does not arrive is not missed. */
  async signalTo(destination: string, signal: Signal, stop: AbortSignal): Promise<void> {
    if (!this.#reachable) return
    const body = { destination, signal }
    await this.#parts.client
      .json('POST', `${this.#parts.proxy}/signals`, { body, signal: stop, timeoutMs: 2_000 })
      .catch(() => undefined)
  }

  /** Resolves when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { random, log } = this.#parts
    const onFailure = (error: unknown, failures: number) => {
      if (failures === 1) log.warn({ err: errorText(error) }, 'the proxy did not take what was handed to it')
    }
    await Promise.all([
      this.#followEvents(signal),
      runLoop({ wake: this.#handOver, signal, random, onFailure, step: () => this.#handOverStep(signal) }),
      runLoop({ wake: this.#acknowledge, signal, random, onFailure, step: () => this.#acknowledgeStep(signal) }),
    ])
  }

  #followEvents(signal: AbortSignal): Promise<void> {
    const { proxy, client, owner, random, log } = this.#parts
    return followEvents({
      client,
      signal,
      random,
      wake: this.#follow,
      onOpen: disconnect => {
        this.#disconnect = disconnect
      },
      url: () => {
        const position = owner.position()
        return position === undefined
          ? `${proxy}/events`
          : `${proxy}/events?store=${position.store}&after=${position.cursor}`
      },
      onData: data => {
        const parsed = ProxyEventSchema.safeParse(JSON.parse(data))
        if (!parsed.success)
          return log.error(
            { issue: parsed.error.issues[0]?.message },
            'the proxy sent what this peer does not understand',
          )
        if (parsed.data.kind === 'hello') {
          if (this.#kept?.store !== parsed.data.store) this.#kept = undefined
          this.#connected(true)
        }
        owner.onEvent(parsed.data)
      },
      onClosed: () => this.#connected(false),
    })
  }

  #connected(reachable: boolean): void {
    if (reachable) {
      this.#handOver.ring()
      this.#acknowledged = undefined
      this.#acknowledge.ring()
    }
    if (reachable === this.#reachable) return
    this.#reachable = reachable
    this.#parts.owner.onConnection(reachable)
  }

  async #handOverStep(signal: AbortSignal): Promise<boolean> {
    const { proxy, client, owner } = this.#parts
    const all = owner.outgoing()
    const messages = this.#oneByOne ? all.slice(0, 1) : all
    if (messages.length > 0) {
      const results = await this.#handOverBatch(messages, signal)
      if (results === undefined) return true
      await owner.handedOver(results)
    }
    await owner.tellRead(async (sender, placement) => {
      await client.json('POST', `${proxy}/read`, { body: { sender, placement }, signal })
    })
    return messages.length > 0
  }

  /** @returns undefined when the batch must be tried message by message, to find the one that is refused */
  async #handOverBatch(messages: readonly Submission[], signal: AbortSignal): Promise<SubmissionResult[] | undefined> {
    const { proxy, client, owner } = this.#parts
    try {
      const results = parseResults(await client.json('POST', `${proxy}/messages/batch`, { body: { messages }, signal }))
      this.#oneByOne = false
      return results
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') owner.notHandedOver(messages)
      const refused = error instanceof CallRefusedError && FINAL.has(error.status)
      if (!refused) throw error
      this.#oneByOne = true
      const [only] = messages
      if (only === undefined || messages.length > 1) return undefined
      return [{ id: only.id, state: 'failed', code: error.code, reason: error.message }]
    }
  }

  async #acknowledgeStep(signal: AbortSignal): Promise<boolean> {
    const { proxy, client } = this.#parts
    const kept = this.#kept
    if (kept === undefined || kept === this.#acknowledged) return false
    await client.json('POST', `${proxy}/events/acknowledge`, { body: kept, signal })
    this.#acknowledged = kept
    return true
  }
}
