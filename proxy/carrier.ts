/** Takes messages and questions from the own peer, runs a sending loop for each destination, and gives up what cannot arrive. */
import { failpoint } from '../shared/process/failpoint.ts'
import type { Counters } from '../shared/protocol/control.ts'
import { OverlayError } from '../shared/protocol/errors.ts'
import type { Accepted, Signal, StopReason, Submission, SubmissionResult } from '../shared/protocol/local.ts'
import type { Message } from '../shared/protocol/message.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { isApiRoute } from '../shared/protocol/route.ts'
import { accept, acceptOrRefuse, type Taken } from './accept.ts'
import type { Asker } from './asker.ts'
import { DestinationLoop, type DestinationParts } from './destination-loop.ts'
import type { KeptEvent } from './inbox.ts'
import type { Questions } from './questions.ts'
import type { Routing } from './routing.ts'

/** Ids of messages and streams are remembered this long against taking them twice, in milliseconds of the running clock. */
const REMEMBERED_MS = 30 * 24 * 60 * 60 * 1000

class BeingDeliveredError extends OverlayError {
  readonly code = 'being_delivered'
  readonly status = 409
}

export type CarrierParts = Omit<DestinationParts, 'listener' | 'attempted'> & {
  readonly listener: Omit<DestinationParts['listener'], 'refused' | 'delivered'>
  readonly routing: Routing
  readonly asker: Asker
  readonly questions: Questions
  readonly keep: (event: KeptEvent) => void
  /** A message that nobody took while this proxy ran for so long is given up, in milliseconds. */
  readonly lifetimeMs: number
}

type GivingUp = {
  readonly reason: string
  readonly cancelled: boolean
  readonly unless?: (loop: DestinationLoop, sequence: number) => boolean
}

export class Carrier {
  /** Since this start: `sent`, with what waited then, is what was delivered, what waits and what failed or was taken back. */
  readonly counts: Omit<Counters, 'waiting'>
  readonly #parts: CarrierParts
  /** The last sequence of each stream before this start: what was tried of it then is not known. */
  readonly #inherited = new Map<string, number>()
  readonly #loops = new Map<string, DestinationLoop>()
  readonly #work = new Set<Promise<void>>()
  readonly #signal: AbortSignal

  constructor(parts: CarrierParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
    this.counts = { sent: parts.outbox.waiting(), received: 0, asked: 0, delivered: 0, failed: 0 }
    for (const { name, next } of parts.destinations.all()) this.#inherited.set(nameKey(name), next - 1)
  }

  /** One loop for each peer of the table and for each destination that something still waits for. */
  routesChanged(): void {
    const { routing, destinations } = this.#parts
    const waited = destinations.all().filter(({ next, acknowledged }) => next - 1 > acknowledged)
    const wanted = [...routing.peerNames(), ...waited.map(({ name }) => name)]
    for (const name of wanted) this.#loop(name).signOfLife()
  }

  /**
   * Resolves once the message is safe on this proxy's disk.
   * @throws {OutboxFullError | UnknownPeerError | TooLargeError | IdConflictError}
   */
  async submit(submission: Submission): Promise<Accepted> {
    const taken = await this.#parts.store.write(() => accept(this.#parts, submission))
    this.#carry([taken])
    return taken.result
  }

  /** Several at once, in one write; one that is refused does not hold up the others. */
  async submitAll(submissions: readonly Submission[]): Promise<SubmissionResult[]> {
    const taken = await this.#parts.store.write(() => submissions.map(one => acceptOrRefuse(this.#parts, one)))
    this.#carry(taken.filter(one => 'destination' in one))
    return taken.map(({ result }) => result)
  }

  /** Passes a signal on, if the destination is a peer. */
  signalTo(destination: string, signal: Signal): void {
    const { name, route } = this.#parts.routing.find(destination)
    if (!isApiRoute(route)) this.#loop(name).signal(signal)
  }

  /** Receipts for a source, or with no name the own presence, are to be told. Nothing is told where no route leads. */
  newsFor(name?: string): void {
    if (name === undefined) for (const loop of this.#loops.values()) loop.newsWait()
    else if (this.#parts.routing.isPeer(name)) this.#loop(name).newsWait()
  }

  heardFrom(name: string): void {
    this.#loops.get(nameKey(name))?.signOfLife()
  }

  /**
   * Takes back a message that still waits, or stops an answer.
   * @returns false when there is no such message
   * @throws {BeingDeliveredError} when it is arriving at this moment, or may have arrived
   */
  async cancel(id: string, why?: StopReason): Promise<boolean> {
    const { asker, outbox } = this.#parts
    if (await asker.cancel(id, why)) return true
    const found = outbox.find(id)
    if (found === undefined) return false
    const taken = await this.#giveUp(found.message, {
      reason: 'Taken back before it was delivered.',
      cancelled: true,
      unless: (loop, sequence) => loop.mayArrive(sequence),
    })
    if (taken) return true
    throw new BeingDeliveredError(`Cannot take back message ${id}: it is being delivered, or may have arrived already.`)
  }

  /** Gives up what is older than its lifetime, and forgets ids and ended streams that are {@link REMEMBERED_MS} old. */
  async expire(): Promise<void> {
    const { store, outbox, inbox, destinations, routing, now, lifetimeMs } = this.#parts
    const before = now() - lifetimeMs
    for (const message of outbox.olderThan(before))
      await this.#giveUp(message, {
        reason: `${message.destination} could not be reached for ${inWords(lifetimeMs)}.`,
        cancelled: false,
        unless: (loop, sequence) => loop.isInFlight(sequence),
      })
    const forgotten = now() - REMEMBERED_MS
    await store.note(() => {
      inbox.sources.forgetEnded(forgotten)
      destinations.forgetUnused(name => routing.has(name))
    })
    while (await store.note(() => outbox.forgetIds(forgotten))) {}
  }

  /** The sending loops end when the signal aborts; this waits for them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#work)
  }

  /** They are on disk: whoever sends or asks them goes to work. */
  #carry(taken: readonly Taken[]): void {
    failpoint('proxy: before a message is acknowledged')
    const messages = taken.filter(({ destination, isNew }) => isNew && destination !== undefined)
    const questions = taken.filter(({ destination }) => destination === undefined)
    this.counts.sent += messages.length
    this.counts.asked += questions.length
    for (const name of new Set(messages.flatMap(({ destination }) => destination ?? [])))
      this.#loop(name).messagesWait()
    if (questions.length > 0) this.#parts.asker.pump()
  }

  #loop(name: string): DestinationLoop {
    const key = nameKey(name)
    const known = this.#loops.get(key)
    if (known !== undefined) return known
    const refused = async (id: string, destination: string, reason: string) => {
      await this.#giveUp({ id, destination }, { reason: `${destination} refused it: ${reason}.`, cancelled: false })
    }
    const delivered = (count: number) => {
      this.counts.delivered += count
    }
    const loop = new DestinationLoop(name, {
      ...this.#parts,
      listener: { ...this.#parts.listener, refused, delivered },
      attempted: this.#inherited.get(key) ?? 0,
    })
    this.#loops.set(key, loop)
    const work = loop
      .run(this.#signal)
      .catch(error => this.#parts.log.fatal({ err: error, to: name }, 'sending loop ended'))
    this.#work.add(work)
    return loop
  }

  /** @returns false when the message is no longer here, or `unless` says that it must stay */
  async #giveUp(
    { id, destination }: Pick<Message, 'id' | 'destination'>,
    { reason, cancelled, unless }: GivingUp,
  ): Promise<boolean> {
    const { store, outbox, keep, keptEventsWait } = this.#parts
    const given = await store.write(() => {
      const sequence = outbox.find(id)?.placement.sequence
      if (sequence === undefined || unless?.(this.#loop(destination), sequence)) return false
      outbox.giveUp(id)
      keep({ kind: 'failed', id, destination, reason, cancelled })
      return true
    })
    if (given) this.counts.failed += 1
    keptEventsWait()
    return given
  }
}

function inWords(ms: number): string {
  const [amount, unit] = ms >= 86_400_000 ? [ms / 86_400_000, 'day'] : [ms / 3_600_000, 'hour']
  const rounded = Math.round(amount * 10) / 10
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`
}
