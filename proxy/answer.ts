/** One answer as it grows: its text, what is known of it, and what becomes of it in the end. */
import { type Message, type Metadata, Words } from '../shared/protocol/message.ts'
import type { ApiRoute } from '../shared/protocol/route.ts'
import type { AnswerEvent, Failure } from './providers/provider.ts'
import type { Question } from './questions.ts'

/** A failed question with a notice has both; one that was stopped before any text came has no message. */
export type Outcome = {
  readonly message?: Message
  readonly failed?: { reason: string; cancelled: boolean }
  /** What is known of an answer that has no message to tell it. */
  readonly metadata?: Metadata
}

export type AnswerFacts = { readonly owner: string; readonly route: ApiRoute | undefined; readonly now: () => number }

export class Answer {
  readonly #question: Question
  readonly #facts: AnswerFacts
  readonly #metadata: Metadata
  readonly #began: number
  #text = ''
  #failure: Failure | undefined

  constructor(question: Question, facts: AnswerFacts) {
    const { route, now } = facts
    this.#question = question
    this.#facts = facts
    this.#began = now()
    this.#metadata = { replyTo: question.id, ...(route && { model: route.model }), ...(route?.demo && { demo: true }) }
  }

  /** What came so far. */
  get text(): string {
    return this.#text
  }

  get isDemo(): boolean {
    return this.#metadata.demo === true
  }

  /** Takes an event of the provider. @returns the piece of text in it, with its offset, if there is one */
  take(event: AnswerEvent): { offset: number; text: string } | undefined {
    switch (event.kind) {
      case 'text':
        return this.#append(event.text.replaceAll('\0', ''))
      case 'thinking':
        return undefined
      case 'usage':
        this.#metadata.usage = event.usage
        return undefined
      case 'error':
        this.#failure = event.failure
        return undefined
      case 'end':
        this.#metadata.ending = event.ending
        if (event.detail !== undefined) this.#metadata.endingDetail = event.detail
        if (event.leftOut !== undefined) this.#metadata.leftOut = [...event.leftOut]
        return undefined
      default:
        return event satisfies never
    }
  }

  /** @param stopping the proxy itself stops: what it broke off was not the person's wish */
  outcome(stopping: boolean): Outcome {
    if (this.#failure !== undefined) return this.failed(this.#failure)
    this.#metadata.totalMs = this.#facts.now() - this.#began
    const cancelled = this.#metadata.ending === 'cancelled'
    if (cancelled && this.#text === '') {
      const reason = stopping
        ? 'The proxy was stopped before an answer came. Retry asks again.'
        : 'Stopped before any text came.'
      return { failed: { reason, cancelled: !stopping }, metadata: this.#metadata }
    }
    if (cancelled && stopping) {
      this.#metadata.ending = 'interrupted'
      this.#metadata.endingDetail = 'The proxy was stopped in the midst of this answer.'
    }
    if (this.#text !== '') return { message: this.#message(this.#text, 'chat') }
    return { message: this.#message(this.#metadata.endingDetail ?? 'The answer is empty.', 'notification') }
  }

  /** A notice takes the place of the answer, and the question counts as failed. */
  failed({ code, message: words, retryable }: Failure): Outcome {
    const message = Words.parse(words)
    Object.assign(this.#metadata, { autoReply: true, error: { code, retryable } } satisfies Metadata)
    return { message: this.#message(message, 'notification'), failed: { reason: message, cancelled: false } }
  }

  #append(text: string): { offset: number; text: string } {
    if (this.#text === '') this.#metadata.firstPieceMs = this.#facts.now() - this.#began
    const offset = this.#text.length
    this.#text += text
    return { offset, text }
  }

  #message(text: string, type: Message['type']): Message {
    const { answer, body } = this.#question
    return {
      id: answer,
      sender: body.destination,
      destination: this.#facts.owner,
      message: text,
      timestamp: new Date(this.#facts.now()).toISOString(),
      type,
      metadata: this.#metadata,
    }
  }
}
