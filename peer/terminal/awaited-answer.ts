/** Waits for the answer of an AI or a service and writes it as it comes. It listens before the question is asked: nobody's answer is stopped. */
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { sameName } from '../../shared/protocol/names.ts'
import { type Me, PAGE_MESSAGES, type Peer } from '../../shared/protocol/peer-api.ts'
import { newsOf } from './delivery-news.ts'
import type { GrowingAnswers } from './growing-answers.ts'
import { dropAnswer, finishAnswer, type Output } from './output.ts'
import type { PeerCalls } from './peer-calls.ts'
import type { PeerEvent } from './peer-events.ts'
import { recordLines } from './record-lines.ts'

/** `saved`: nobody answers now, for a reason that was written. */
export type Outcome = { readonly kind: 'answered' | 'saved' } | { readonly kind: 'failed'; readonly reason: string }

export type AwaitedAnswerParts = {
  readonly calls: PeerCalls
  readonly me: Me
  readonly answers: GrowingAnswers
  readonly output: Output
}

/** A peer that is away for longer than this is not waited for any more, in milliseconds. */
const PATIENCE_MS = 15_000

export class AwaitedAnswer implements AsyncDisposable {
  readonly #parts: AwaitedAnswerParts
  readonly #stop = new AbortController()
  readonly #following: Promise<void>
  readonly #question: { readonly id: string; readonly to: string; readonly text: string }
  #peers: readonly Peer[]
  #lost: NodeJS.Timeout | undefined
  #marking: Promise<void> | undefined
  /** Resolves once events are heard: from then on the question may be asked. */
  readonly isListening: Promise<void>
  readonly outcome: Promise<Outcome>
  #end: (outcome: Outcome) => void = () => {}

  constructor(parts: AwaitedAnswerParts, question: { id: string; to: string; text: string }, peers: readonly Peer[]) {
    this.#parts = parts
    this.#question = question
    this.#peers = peers
    this.outcome = new Promise(resolve => {
      this.#end = resolve
    })
    let listens = () => {}
    this.isListening = new Promise(resolve => {
      listens = resolve
    })
    const onConnected = () => {
      clearTimeout(this.#lost)
      this.#lost = undefined
      listens()
    }
    const onLost = () => {
      const reason = 'the connection to the own peer was lost'
      this.#lost ??= setTimeout(() => {
        listens()
        this.#end({ kind: 'failed', reason })
      }, PATIENCE_MS)
    }
    this.#following = parts.calls.follow(
      { onConnected, onLost, onEvent: event => this.#hear(event) },
      this.#stop.signal,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#lost)
    this.#stop.abort()
    await Promise.all([this.#following, this.#marking])
  }

  #hear(event: PeerEvent): void {
    const { answers, output } = this.#parts
    const { id } = this.#question
    if (event.name === 'delta' && event.data.replyTo === id) {
      answers.write(event.data, new Date())
      output.changed()
    } else if (event.name === 'message' && event.data.metadata.replyTo === id) this.#show(event.data)
    else if ((event.name === 'state' || event.name === 'message') && event.data.id === id) this.#state(event.data)
    else if (event.name === 'peers') this.#peers = event.data
    else if (event.name === 'reset') void this.#lookUp().catch(() => undefined)
  }

  #state({ state, reason }: Pick<MessageRecord, 'state' | 'reason'>): void {
    const { answers, output } = this.#parts
    const { id, to, text } = this.#question
    if (state === 'failed' || state === 'cancelled') {
      for (const growing of answers.find({ replyTo: id })) dropAnswer(this.#parts, growing, 'It was interrupted.')
      return this.#end({ kind: 'failed', reason: reason ?? `it was ${state}` })
    }
    const { sent, lines } = newsOf({ to, text, isQuestion: true, state, reason, isSaved: false }, this.#peers)
    output.print(lines)
    if (sent.isSaved) this.#end({ kind: 'saved' })
  }

  #show(record: MessageRecord): void {
    const { me, answers, output } = this.#parts
    if (answers.has(record.id)) finishAnswer(this.#parts, record)
    else output.print(recordLines(record, { me: me.name, now: new Date() }))
    const { error, ending, endingDetail } = record.metadata
    const isBroken = error !== undefined || ending === 'interrupted' || ending === 'cancelled'
    const reason = error === undefined ? (endingDetail ?? 'it was stopped') : record.message
    this.#marking = this.#markRead(record.conversation).catch(() => undefined)
    this.#end(isBroken ? { kind: 'failed', reason } : { kind: 'answered' })
  }

  /** The answer was asked for and is seen; what else is unread of that conversation is left for who looks. */
  async #markRead(peer: string): Promise<void> {
    const { calls } = this.#parts
    const row = (await calls.conversations()).find(found => sameName(found.peer, peer))
    if (row?.unread === 1) await calls.markRead(peer)
  }

  /** Events were missed, the answer perhaps among them. */
  async #lookUp(): Promise<void> {
    const { id, to } = this.#question
    const { messages } = await this.#parts.calls.page(to, { limit: PAGE_MESSAGES })
    const answer = messages.find(({ metadata, sender }) => metadata.replyTo === id && sameName(sender, to))
    if (answer !== undefined) return this.#show(answer)
    const question = messages.find(message => message.id === id)
    if (question !== undefined) this.#state(question)
  }
}
