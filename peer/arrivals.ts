/** What arrives from the own proxy: kept first, then shown, then acknowledged; and answered where the mode says so. */
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../shared/process/log.ts'
import type { ProxyEvent, SubmissionResult } from '../shared/protocol/local.ts'
import type { Message } from '../shared/protocol/message.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { type ContextLimits, contextOf } from './context.ts'
import type { Desk } from './desk.ts'
import { pickReply, replyTo } from './responder.ts'

/** How an assistant answers: through which route, with which system text. */
export type Assistant = { readonly route: string; readonly system: string | undefined }

export type ArrivalParts = {
  readonly desk: Desk
  readonly cannedReplies: readonly string[]
  readonly assistant: Assistant | undefined
  readonly limits: ContextLimits
  readonly keptUpTo: (cursor: number) => void
  /** Passes a piece of an assistant's answer on to who asked. */
  readonly passOn: (asker: string, piece: Extract<ProxyEvent, { kind: 'signal' }>['signal']) => void
  readonly log: Log
  readonly random: () => number
  readonly now: () => Date
}

type Kept = Extract<ProxyEvent, { cursor: number }>

export class Arrivals {
  readonly #parts: ArrivalParts
  #storeId = ''
  #lastReply: string | undefined

  constructor(parts: ArrivalParts) {
    this.#parts = parts
  }

  handle(event: ProxyEvent): void {
    const { desk, log } = this.#parts
    switch (event.kind) {
      case 'hello':
        this.#storeId = event.store
        return
      case 'message':
      case 'failed':
        void this.#keep(event).catch(error => log.error({ err: error }, 'an event could not be kept'))
        return
      case 'progress':
        void desk.store
          .note(() => desk.history.setMarks(event.destination, event.marks))
          .then(moved => desk.showStates(moved.reverse()))
        return
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
        void desk.setPeers(event.peers)
        return
      default:
        event satisfies never
    }
  }

  /** The proxy took messages, each with its place, or refused one. */
  async handedOver(results: readonly SubmissionResult[]): Promise<void> {
    const { desk } = this.#parts
    await desk.store.note(() => {
      for (const result of results) {
        desk.outbox.remove(result.id)
        if (result.state === 'failed') desk.history.setState(result.id, 'failed', result.reason)
        else if (result.placement !== undefined) desk.history.place(result.id, result.placement)
      }
    })
    for (const { id } of results) {
      const row = desk.history.find(id)
      if (row !== undefined && desk.record(row).state !== 'accepted') desk.showStates([row])
    }
  }

  async #keep(event: Kept): Promise<void> {
    const { desk, keptUpTo } = this.#parts
    const store = this.#storeId
    const show = await desk.store.write(() => {
      const position = desk.settings.position
      if (position?.store === store && event.cursor <= position.cursor) return () => {}
      desk.settings.setPosition({ store, cursor: event.cursor })
      return event.kind === 'message' ? this.#message(event) : this.#failure(event)
    })
    show()
    keptUpTo(event.cursor)
  }

  /** Inside a write. @returns what to show once it is on disk */
  #message({ message, placement, stored }: Extract<Kept, { kind: 'message' }>): () => void {
    const { desk } = this.#parts
    const question = message.metadata.replyTo
    const errand = desk.errands.find(question)
    if (errand !== undefined) return this.#reportBack(message, errand)
    const kind = desk.kindOf(message.sender)
    const isNew = desk.history.add(message.sender, message, { outgoing: false, stored, placement })
    if (!isNew) return () => desk.answers.end(message.id)
    const answered = placement === undefined && question !== undefined && message.metadata.error === undefined
    if (answered) desk.history.setState(question, 'received')
    const reply = this.#reply(message, kind)
    return () => {
      desk.answers.end(message.id)
      if (question !== undefined) desk.asking.delete(question)
      desk.show(message.id)
      if (answered) desk.showState(question)
      reply()
    }
  }

  /** Inside a write: the automatic reply is kept with the message that it answers, so that neither is without the other. */
  #reply(message: Message, kind: ReturnType<Desk['kindOf']>): () => void {
    const { desk, cannedReplies, assistant, limits, random, now } = this.#parts
    const how = replyTo(message, { mode: desk.me.mode, kind })
    const base = { sender: desk.owner.name, timestamp: now().toISOString(), type: 'chat' as const }
    if (how === 'canned') {
      const text = pickReply(cannedReplies, { last: this.#lastReply, random })
      this.#lastReply = text
      const reply = {
        ...base,
        id: uuidv7(),
        destination: message.sender,
        message: text,
        metadata: { autoReply: true, replyTo: message.id },
      }
      desk.post(reply)
      return () => {
        desk.show(reply.id)
        desk.workWaits()
      }
    }
    if (how === 'assistant' && assistant !== undefined) {
      const question = uuidv7()
      const [_newest, ...earlier] = desk.history.before(message.sender, Number.MAX_SAFE_INTEGER, limits.turns * 2)
      const context = contextOf(earlier, { own: 'assistant', limits, system: assistant.system })
      desk.errands.add({ question, asker: message.sender, replyTo: message.id, reply: uuidv7() })
      desk.outbox.add({ ...base, id: question, destination: assistant.route, message: message.message, context })
      return () => desk.workWaits()
    }
    return () => {}
  }

  /** Inside a write: the AI answered an errand; the answer goes to who asked, under the assistant's name. */
  #reportBack(
    answer: Message,
    { question, asker, replyTo: original, reply }: NonNullable<ReturnType<Desk['errands']['find']>>,
  ): () => void {
    const { desk } = this.#parts
    desk.errands.done(question)
    desk.post({
      ...answer,
      id: reply,
      sender: desk.owner.name,
      destination: asker,
      metadata: { ...answer.metadata, autoReply: true, replyTo: original },
    })
    return () => {
      desk.answers.end(reply)
      desk.show(reply)
      desk.workWaits()
    }
  }

  /** Inside a write. An answer that broke off keeps the text that came. */
  #failure({ id, destination, reason, cancelled }: Extract<Kept, { kind: 'failed' }>): () => void {
    const { desk, now } = this.#parts
    const partial = desk.answers.to(id)
    desk.history.setState(id, cancelled ? 'cancelled' : 'failed', reason)
    desk.errands.done(id)
    if (partial !== undefined && !cancelled) {
      const metadata = { replyTo: id, ending: 'interrupted' as const, endingDetail: reason }
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
      desk.asking.delete(id)
      if (partial !== undefined) desk.answers.end(partial.id)
      if (partial !== undefined && !cancelled) desk.show(partial.id)
      desk.showState(id)
    }
  }

  #signal({ sender, signal }: Extract<ProxyEvent, { kind: 'signal' }>): void {
    const { desk, passOn } = this.#parts
    if (signal.kind === 'typing') return desk.pages.emit('typing', { conversation: sender })
    const errand = desk.errands.find(signal.delta.replyTo)
    const delta = errand === undefined ? signal.delta : { ...signal.delta, id: errand.reply, replyTo: errand.replyTo }
    const news = desk.answers.write(errand?.asker ?? sender, delta)
    if (news !== undefined) desk.pages.emit('delta', news)
    if (errand !== undefined) passOn(errand.asker, { kind: 'delta', delta })
  }
}
