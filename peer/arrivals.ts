/** What arrives from the own proxy: kept first, then shown, then acknowledged. */
import { failpoint } from '../shared/process/failpoint.ts'
import type { Log } from '../shared/process/log.ts'
import type { Placement, ProxyEvent, StopReason, Submission, SubmissionResult } from '../shared/protocol/local.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { AutomaticReplies, type ReplyParts } from './automatic-replies.ts'
import { type KeptEvent, KeptEvents, type KeptEventsParts } from './kept-events.ts'
import { LostStores } from './lost-stores.ts'
import { noticesIn } from './unreadable-event.ts'

export type ArrivalParts = ReplyParts & Pick<KeptEventsParts, 'keptUpTo' | 'reconnect'> & { readonly log: Log }

export class Arrivals {
  readonly #parts: ArrivalParts
  readonly #replies: AutomaticReplies
  readonly #kept: KeptEvents
  readonly #lostStores: LostStores

  constructor(parts: ArrivalParts) {
    this.#parts = parts
    this.#replies = new AutomaticReplies(parts)
    this.#lostStores = new LostStores({ ...parts, replies: this.#replies })
    const { store, settings } = parts.desk
    this.#kept = new KeptEvents({ ...parts, store, settings, givenUp: noticesIn(parts.desk, parts.now) })
  }

  /** As {@link AutomaticReplies.stopErrand}. */
  stopErrand(question: string, why: StopReason | undefined): Promise<void> {
    return this.#replies.stopErrand(question, why)
  }

  /** The own proxy answers from a disk of that name; resolves once it may be handed messages. */
  met(proxyStore: string): Promise<void> {
    return this.#lostStores.met(proxyStore)
  }

  handle(event: ProxyEvent): void {
    const { desk } = this.#parts
    switch (event.kind) {
      case 'hello':
        this.#kept.begin(event)
        return this.#forgetPresent()
      case 'message':
        return this.#kept.keep(event, () => this.#message(event))
      case 'failed':
        return this.#kept.keep(event, () => this.#failure(event))
      case 'restarted':
        return this.#kept.keep(event, () => this.#lostStores.restarted(event))
      case 'progress':
        return this.#background(
          desk.store
            .note(() => desk.history.setMarks(event.destination, event.marks))
            .then(moved => desk.showStates(moved.reverse())),
        )
      case 'waiting':
        if (event.reason === null) desk.waiting.delete(nameKey(event.destination))
        else desk.waiting.set(nameKey(event.destination), event.reason)
        return desk.showStates(desk.history.undelivered(event.destination).reverse())
      case 'asking':
        desk.asking.add(event.id)
        return desk.showState(event.id)
      case 'signal':
        return this.#signal(event)
      case 'peers':
        return this.#background(desk.setPeers(event.peers))
      case 'controller':
        return desk.setController(event)
      default:
        event satisfies never
    }
  }

  /** The proxy took messages, each with its place, or refused one. What a person sent again meanwhile stays to be handed over. */
  async handedOver(results: readonly SubmissionResult[], messages: readonly Submission[]): Promise<void> {
    const { desk } = this.#parts
    const attempts = new Map(messages.map(({ id, attempt }) => [id, attempt]))
    failpoint('peer: before a hand-over is committed')
    const told = await desk.store.note(() =>
      results.map(result => {
        if (!desk.outbox.remove(result.id, attempts.get(result.id))) return () => {}
        if (result.state === 'accepted')
          return result.placement === undefined ? () => {} : this.#place(result.id, result.placement)
        desk.history.setState(result.id, 'failed', result.reason)
        const report = this.#replies.reportFailure(result.id, result.reason)
        return () => {
          report()
          desk.isOver(result.id)
          desk.showState(result.id)
        }
      }),
    )
    failpoint('peer: after a hand-over is committed')
    desk.handingOver.settled(results.map(({ id }) => id))
    for (const then of told) then()
  }

  /** Inside a write. The marks of a stream may be there before the places in it. @returns what to show once it is on disk */
  #place(id: string, placement: Placement): () => void {
    const { desk } = this.#parts
    const now = this.#lostStores.place(id, placement)
    const isTold = now !== 'waits' || desk.waiting.size > 0
    return isTold ? () => desk.showState(id) : () => {}
  }

  /** What described the present of an earlier connection; the proxy tells it anew. */
  #forgetPresent(): void {
    const { desk } = this.#parts
    const waited = [...desk.waiting.keys()]
    desk.waiting.clear()
    desk.asking.clear()
    for (const name of waited) desk.showStates(desk.history.undelivered(name).reverse())
  }

  /** Inside a write. @returns what to show once it is on disk */
  #message({ message: sent, placement, stored }: Extract<KeptEvent, { kind: 'message' }>): () => void {
    const { desk } = this.#parts
    const question = sent.metadata.replyTo
    const errand = desk.errands.find(question)
    if (errand !== undefined) {
      const report = this.#replies.reportBack(sent, errand)
      return () => {
        desk.asking.delete(errand.question)
        report()
      }
    }
    const message = desk.history.take(sent, { stored, placement })
    if (message === undefined) return () => desk.answers.end(sent.id)
    if (message.metadata.personality !== undefined && desk.kindOf(message.sender) === 'ai')
      desk.choices.choose(message.sender, message.metadata.personality)
    const answered = placement === undefined && message.metadata.error === undefined ? question : undefined
    if (answered !== undefined) desk.history.setState(answered, 'received')
    const reply = this.#replies.reply(message)
    return () => {
      desk.answers.end(message.id)
      if (question !== undefined) {
        desk.asking.delete(question)
        desk.attended.delete(question)
      }
      desk.show(message.id)
      if (answered !== undefined) desk.showState(answered)
      reply()
    }
  }

  /** Inside a write. An answer that broke off keeps the text that came. */
  #failure({ id, destination, reason, cancelled }: Extract<KeptEvent, { kind: 'failed' }>): () => void {
    const { desk, now } = this.#parts
    const partial = cancelled ? undefined : desk.answers.to(id)
    desk.history.setState(id, cancelled ? 'cancelled' : 'failed', reason)
    const told = this.#replies.reportFailure(id, reason)
    if (partial !== undefined) {
      const metadata = {
        replyTo: id,
        ending: 'interrupted' as const,
        endingDetail: reason,
        ...(partial.demo && { demo: true }),
      }
      const broken = {
        id: partial.id,
        sender: destination,
        destination: desk.owner.name,
        message: partial.text,
        type: 'chat' as const,
        metadata,
      }
      desk.history.add(destination, { ...broken, timestamp: now().toISOString() }, { outgoing: false, stored: false })
    }
    return () => {
      desk.isOver(id)
      if (partial !== undefined) desk.show(partial.id)
      desk.showState(id)
      told()
    }
  }

  #signal({ sender, signal }: Extract<ProxyEvent, { kind: 'signal' }>): void {
    const { desk } = this.#parts
    switch (signal.kind) {
      case 'typing':
        return desk.pages.emit('typing', { conversation: sender })
      case 'stop':
        return this.#replies.stop(sender, signal)
      case 'delta': {
        const piece = this.#replies.redirect(sender, signal.delta)
        const news = piece && desk.answers.write(piece.conversation, piece.delta)
        if (news !== undefined) desk.pages.emit('delta', news)
        return
      }
      default:
        signal satisfies never
    }
  }

  #background(work: Promise<void>): void {
    work.catch(error => this.#parts.log.error({ err: error }, 'news of the proxy could not be kept'))
  }
}
