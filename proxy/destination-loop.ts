/**
 * The one sending loop of a destination: one request in flight, carrying whatever waits. An idle line sends at once,
 * load makes batches by itself. After a failure it waits with full jitter; any sign of life from there wakes it.
 */

import { failpoint } from '../shared/process/failpoint.ts'
import { Wake } from '../shared/process/wake.ts'
import type { Signal } from '../shared/protocol/local.ts'
import type { Acknowledgement, Presence } from '../shared/protocol/overlay.ts'
import { type AcknowledgementParts, takeAcknowledgement } from './acknowledgement.ts'
import { mayHaveArrived, NothingTakenError, poisonIn, waitingReason } from './delivery-failure.ts'
import type { LastSent } from './last-sent.ts'
import type { Head } from './outbox.ts'
import { Rest } from './rest.ts'
import { SignalQueue } from './signal-queue.ts'
import type { Transport } from './transport.ts'

/** An idle line is asked this often whether its other end is still there, in milliseconds. */
const PRESENCE_MS = 20_000

/** A request that is out for this long, in milliseconds, is told to the sender as waiting. */
const SLOW_MS = 2_000

/** What the loop tells the rest of the proxy. */
export interface DestinationListener {
  /** Marks moved, or a presence was learned. */
  progressed(name: string): void
  /** So many messages are safe at the recipient's proxy now. */
  delivered(count: number): void
  waiting(name: string, reason: string | null): void
  presence(name: string, presence: Presence | null): void
  refused(id: string, destination: string, reason: string): Promise<void>
}

export type DestinationParts = AcknowledgementParts & {
  readonly owner: string
  readonly transport: Transport
  readonly ownPresence: () => Presence
  readonly listener: DestinationListener
  readonly lastSent: LastSent
  /** The last sequence that an earlier run of this process may have sent. */
  readonly attempted: number
  readonly random: () => number
  /** Milliseconds that only grow. */
  readonly now: () => number
}

export class DestinationLoop {
  readonly #name: string
  readonly #parts: DestinationParts
  readonly #wake = new Wake()
  readonly #signals = new SignalQueue()
  /** Something other than messages is to be told: receipts, presence, the first greeting. */
  #news = true
  readonly #rest: Rest
  /** Answers in a row to messages that took none of them: the first may say where to go on. */
  #fruitless = 0
  /** It answered since this start: one that is not up yet is no news. */
  #met = false
  /** The last attempt failed; what waits now is marked as stored when it goes. */
  #away = false
  #storedBefore: number
  #inFlight: { first: number; last: number } | undefined
  /** Up to here messages may have arrived although nobody acknowledged them. */
  #attempted: number

  constructor(name: string, parts: DestinationParts) {
    this.#name = name
    this.#parts = parts
    this.#storedBefore = parts.now()
    this.#attempted = parts.attempted
    this.#rest = new Rest({ ...parts, wake: this.#wake })
  }

  /** Messages were accepted for this destination. */
  messagesWait(): void {
    this.#wake.ring()
  }

  /** Receipts or the own presence changed. */
  newsWait(): void {
    this.#news = true
    this.#wake.ring()
  }

  signal(signal: Signal): void {
    this.#signals.add(signal)
    this.#wake.ring()
  }

  /** The destination was heard of: try at once, and less soon where that was in vain. */
  signOfLife(): void {
    if (!this.#away) return
    this.#rest.heard()
    this.newsWait()
  }

  isInFlight(sequence: number): boolean {
    return this.#inFlight !== undefined && sequence >= this.#inFlight.first && sequence <= this.#inFlight.last
  }

  /** It is in flight, or an attempt to deliver it ended without an answer. */
  mayArrive(sequence: number): boolean {
    return sequence <= this.#attempted || this.isInFlight(sequence)
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#away) this.#storedBefore = this.#parts.now()
        const head = this.#parts.outbox.head(this.#name, this.#storedBefore)
        if (head.items.length > 0 || this.#news || this.#signals.size > 0) await this.#send(head, signal)
        else {
          await this.#wake.sleep(signal, PRESENCE_MS)
          this.#news = true
        }
      } catch (error) {
        if (signal.aborted) return
        await this.#failed(error, signal)
      }
    }
  }

  async #send({ items, oldest }: Head, signal: AbortSignal): Promise<void> {
    const { owner, store, destinations, inbox, transport, ownPresence, listener } = this.#parts
    this.#news = false
    this.#inFlight = { first: items[0]?.sequence ?? 0, last: items.at(-1)?.sequence ?? -1 }
    const before = destinations.find(this.#name) ?? (await store.note(() => destinations.open(this.#name)))
    const { stream, begin } = before
    const sent = this.#parts.lastSent.noteSent(before, this.#inFlight.last)
    const slow = setTimeout(
      () => listener.waiting(this.#name, `${this.#name} does not answer. Message saved.`),
      SLOW_MS,
    )
    try {
      const acknowledgement = await transport.deliver(
        {
          ...{ from: owner, to: this.#name, stream, begin, oldest, messages: items },
          presence: ownPresence(),
          signals: this.#signals.take(),
          receipts: inbox.sources.receipts(this.#name),
        },
        signal,
      )
      failpoint('proxy: before an acknowledgement is committed')
      const refused = await this.#refuse(acknowledgement.refused, items)
      const sending = { to: this.#name, stream, sent }
      const { moved, delivered } = await takeAcknowledgement(this.#parts, sending, acknowledgement)
      failpoint('proxy: after an acknowledgement is committed')
      listener.delivered(delivered)
      if (moved) listener.progressed(this.#name)
      const now = destinations.find(this.#name)
      const isTaken = refused > 0 || (now?.stream === stream && now.acknowledged > before.acknowledged)
      this.#fruitless = isTaken || items.length === 0 ? 0 : this.#fruitless + 1
      if (this.#fruitless > 1) throw new NothingTakenError(this.#name)
      listener.presence(this.#name, acknowledgement.presence)
    } catch (error) {
      this.#news = true
      if (mayHaveArrived(error)) this.#attempted = Math.max(this.#attempted, this.#inFlight.last)
      const poison = poisonIn(error, items)
      if (poison === undefined) throw error
      await this.#refuse([poison], items)
      return
    } finally {
      clearTimeout(slow)
      this.#inFlight = undefined
    }
    if (this.#away) this.#parts.log[this.#met ? 'info' : 'debug']({ to: this.#name }, 'destination is back')
    this.#met = true
    this.#rest.progressed()
    this.#away = false
    listener.waiting(this.#name, null)
  }

  /** @returns how many of the messages that were sent are refused */
  async #refuse(refused: Acknowledgement['refused'], items: Head['items']): Promise<number> {
    let count = 0
    for (const { sequence, reason } of refused) {
      const message = items.find(item => item.sequence === sequence)?.message
      if (!message) continue
      await this.#parts.listener.refused(message.id, message.destination, reason)
      count += 1
    }
    return count
  }

  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    const { listener, log } = this.#parts
    if (!this.#away)
      log[this.#met ? 'warn' : 'debug']({ to: this.#name, why: String(error) }, 'destination does not answer')
    this.#away = true
    listener.presence(this.#name, null)
    listener.waiting(this.#name, `${waitingReason(error, this.#name)} Message saved.`)
    await this.#rest.after(error, signal)
  }
}
