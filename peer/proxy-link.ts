/** The peer's only neighbour: hands messages to the own proxy, follows its events, tells it what was kept and read. */

import type { HttpClient } from '../shared/process/http-client.ts'
import type { Log } from '../shared/process/log.ts'
import { runLoop } from '../shared/process/loop.ts'
import { Wake } from '../shared/process/wake.ts'
import { errorCode, errorText } from '../shared/protocol/errors.ts'
import type {
  CursorAcknowledgement,
  ProxyEvent,
  Signal,
  StopReason,
  Submission,
  SubmissionResult,
} from '../shared/protocol/local.ts'
import { HandOver } from './hand-over.ts'
import { followProxy } from './proxy-events.ts'

/** What the link asks of whoever owns the messages. Positions are read anew at each connection. */
export interface LinkOwner {
  position(): { store: string; cursor: number } | undefined
  /** The proxy answers from a disk of that name. Nothing is handed over before this resolved. */
  met(proxyStore: string): Promise<void>
  /** What waits to be handed over, oldest first. */
  outgoing(): Submission[]
  /** Nobody took what was given last, and nothing arrived. */
  notHandedOver(): void
  /** What became of messages that were handed over, as {@link outgoing} gave them. */
  handedOver(results: readonly SubmissionResult[], messages: readonly Submission[]): Promise<void>
  /** Receipts of reading that the proxy does not know yet. */
  tellRead(tell: (sender: string, placement: { stream: string; sequence: number }) => Promise<void>): Promise<void>
  onEvent(event: ProxyEvent): void
  onConnection(reachable: boolean): void
}

export type LinkParts = {
  readonly proxy: string
  /** What a service can be told. */
  readonly commands?: readonly string[]
  readonly client: HttpClient
  readonly owner: LinkOwner
  readonly log: Log
  readonly random: () => number
}

export class ProxyLink {
  readonly #parts: LinkParts
  readonly #outgoing = new Wake()
  readonly #handOver: HandOver
  readonly #acknowledge = new Wake()
  #reachable = false
  /** The proxy's disk that the owner was told of: messages go to that one and to no other. */
  #store: string | undefined
  #kept: CursorAcknowledgement | undefined
  #acknowledged: CursorAcknowledgement | undefined
  #disconnect: (reason: Error) => void = () => {}

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.#handOver = new HandOver(parts.client, parts.proxy)
  }

  /** Something waits: messages, or receipts of reading. */
  workWaits(): void {
    this.#outgoing.ring()
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
  async cancel(id: string, signal: AbortSignal, why?: StopReason): Promise<void> {
    const query = why === undefined ? '' : `?why=${why}`
    await this.#parts.client.json('DELETE', `${this.#parts.proxy}/messages/${id}${query}`, { signal })
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
      this.#follow(signal),
      runLoop({ wake: this.#outgoing, signal, random, onFailure, step: () => this.#handOverStep(signal) }),
      runLoop({ wake: this.#acknowledge, signal, random, onFailure, step: () => this.#acknowledgeStep(signal) }),
    ])
  }

  #follow(signal: AbortSignal): Promise<void> {
    const { owner } = this.#parts
    const following = {
      ...this.#parts,
      position: () => owner.position(),
      onOpen: (disconnect: (reason: Error) => void) => {
        this.#disconnect = disconnect
      },
      onEvent: (event: ProxyEvent) => {
        if (event.kind === 'hello') {
          if (this.#kept?.store !== event.store) this.#kept = undefined
          this.#connected(event.store)
        }
        owner.onEvent(event)
      },
      onClosed: () => this.#reached(false),
    }
    return followProxy(following, signal)
  }

  #connected(store: string): void {
    const { owner, log } = this.#parts
    this.#acknowledged = undefined
    this.#acknowledge.ring()
    const beginHandingOver = () => {
      this.#store = store
      this.#outgoing.ring()
    }
    if (this.#store === store) beginHandingOver()
    else {
      this.#store = undefined
      owner.met(store).then(beginHandingOver, error => {
        log.error({ err: error }, 'the own disk does not take that the proxy has another one; it is tried again')
        this.reconnect(new Error('the own disk does not take it'))
      })
    }
    this.#reached(true)
  }

  #reached(reachable: boolean): void {
    if (reachable === this.#reachable) return
    this.#reachable = reachable
    this.#parts.owner.onConnection(reachable)
  }

  async #handOverStep(signal: AbortSignal): Promise<boolean | 'stuck'> {
    const { proxy, client, owner } = this.#parts
    const store = this.#store
    if (store === undefined) return false
    const messages = owner.outgoing()
    let moved = false
    if (messages.length > 0) {
      const results = await this.#handOver.send({ store, messages }, signal).catch(error => {
        if (errorCode(error) === 'ECONNREFUSED') owner.notHandedOver()
        throw error
      })
      // Another disk took the place of the one that answered: the owner hands over anew what it may have lost.
      if (this.#store === store) await owner.handedOver(results, messages)
      moved = results.some(({ id }) => messages.some(message => message.id === id))
    }
    await owner.tellRead(async (sender, placement) => {
      await client.json('POST', `${proxy}/read`, { body: { sender, placement }, signal })
    })
    if (messages.length > 0) return moved || 'stuck'
    return false
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
