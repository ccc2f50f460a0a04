/** One answer as it grows: its text, what is known of it, and what becomes of it in the end. */
import type { Context } from '../shared/protocol/conversation.ts'
import { type ContextFacts, type Message, type Metadata, Words } from '../shared/protocol/message.ts'
import type { ApiRoute } from '../shared/protocol/route.ts'
import type { AnswerEvent, Failure } from './providers/provider.ts'
import { beginning } from './providers/well-formed.ts'
import type { Question } from './questions.ts'

/** A failed question with a notice has both; one that was stopped before any text came has no message. */
export type Outcome = {
  readonly message?: Message
  readonly failed?: { reason: string; cancelled: boolean }
  /** What is known of an answer that has no message to tell it. */
  readonly metadata?: Metadata
  /** Nobody was asked: nothing was used. */
  readonly unasked?: true
}

/** Why no more comes: the proxy itself stops, or somebody did not want more, for a reason that may be told in words. */
export type Stop = { readonly isStopping: boolean; readonly why: string | undefined }

/** Most that is told of why an answer ended, in characters: a provider may say more than metadata may hold. */
const LONGEST_DETAIL = 1_000

export type AnswerFacts = { readonly owner: string; readonly route: ApiRoute | undefined; readonly now: () => number }

export class Answer {
  readonly #question: Question
  readonly #facts: AnswerFacts
  #metadata: Metadata
  #began: number | undefined
  #text = ''
  #failure: Failure | undefined

  constructor(question: Question, facts: AnswerFacts) {
    const { route } = facts
    this.#question = question
    this.#facts = facts
    this.#metadata = { replyTo: question.id, ...(route && { model: route.model }), ...(route?.demo && { demo: true }) }
    const { context } = question.body
    if (context !== undefined) this.#metadata.context = contextFacts(context)
  }

  /** What came so far. */
  get text(): string {
    return this.#text
  }

  get isDemo(): boolean {
    return this.#metadata.demo === true
  }

  /**
   * A call begins. What was known of an earlier one, to another route, is forgotten.
   * @param fallback the route that is asked instead, and why
   */
  comesFrom(route: ApiRoute, fallback?: Metadata['fallback']): void {
    this.#began ??= this.#facts.now()
    const { usage: _, leftOut: __, demo: ___, fallback: ____, ...rest } = this.#metadata
    this.#metadata = {
      ...rest,
      model: route.model,
      ...(route.demo && { demo: true }),
      ...(fallback !== undefined && { fallback }),
    }
  }

  /** Takes an event of the provider. @returns the piece of text in it, with its offset, if there is one */
  take(event: AnswerEvent): { offset: number; text: string } | undefined {
    switch (event.kind) {
      case 'text':
        return this.#append(event.text)
      case 'thinking':
        return undefined
      case 'retract':
        this.#text = ''
        return undefined
      case 'usage':
        this.#metadata.usage = event.usage
        return undefined
      case 'error':
        this.#failure = event.failure
        return undefined
      case 'end':
        this.#metadata.ending = event.ending
        if (event.detail !== undefined) this.#metadata.endingDetail = beginning(event.detail, LONGEST_DETAIL)
        if (event.leftOut !== undefined) this.#metadata.leftOut = [...event.leftOut]
        return undefined
      default:
        return event satisfies never
    }
  }

  /** What becomes of a question that was asked. What the proxy broke off because it stops was not the person's wish. */
  outcome({ isStopping, why }: Stop): Outcome {
    if (this.#failure !== undefined) return this.failed(this.#failure)
    this.#metadata.totalMs = this.#sinceBegin()
    const cancelled = this.#metadata.ending === 'cancelled'
    if (cancelled && this.#text === '')
      return { ...withoutText({ isStopping, why: why ?? 'Stopped before any text came.' }), metadata: this.#metadata }
    if (cancelled && isStopping) {
      this.#metadata.ending = 'interrupted'
      this.#metadata.endingDetail = 'The proxy was stopped in the midst of this answer.'
    } else if (cancelled && why !== undefined) this.#metadata.endingDetail = why
    if (this.#text !== '') return { message: this.#message(this.#text, 'chat') }
    return { message: this.#message(this.#metadata.endingDetail ?? 'The answer is empty.', 'notification') }
  }

  /** A notice takes the place of the answer, and the question counts as failed. */
  failed({ code, message: words, retryable }: Failure): Outcome {
    const message = Words.parse(words)
    Object.assign(this.#metadata, { autoReply: true, error: { code, retryable } } satisfies Metadata)
    return { message: this.#message(message, 'notification'), failed: { reason: message, cancelled: false } }
  }

  /** As {@link failed}, without any call: the route was busy or left alone, or it had no key. */
  refused(failure: Failure): Outcome {
    return { ...this.failed(failure), unasked: true }
  }

  #sinceBegin(): number {
    const now = this.#facts.now()
    return now - (this.#began ?? now)
  }

  #append(text: string): { offset: number; text: string } {
    if (this.#text === '') this.#metadata.firstPieceMs = this.#sinceBegin()
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

/** What becomes of a question that was stopped before it was asked. */
export const unasked = ({ isStopping, why = 'Stopped before it was asked.' }: Stop): Outcome => ({
  ...withoutText({ isStopping, why }),
  unasked: true,
})

function withoutText({ isStopping, why }: { isStopping: boolean; why: string }): Outcome {
  const reason = isStopping ? 'The proxy was stopped before an answer came. You may ask again.' : why
  return { failed: { reason, cancelled: !isStopping } }
}

const contextFacts = ({ turns, leftOut = 0, tokens, personality }: Context): ContextFacts => ({
  turns: turns.length,
  leftOut,
  ...(tokens !== undefined && { tokens }),
  ...(personality !== undefined && { personality }),
})
