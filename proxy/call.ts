/** One question on its way: its answer as it grows, and whether and why it was stopped. */
import type { Delta, ProxyEvent, StopReason } from '../shared/protocol/local.ts'
import type { Answer } from './answer.ts'
import { PIECE_CHARACTERS } from './providers/answer-door.ts'
import { beginning } from './providers/well-formed.ts'
import type { Question } from './questions.ts'

/** Why a call is stopped where it is not the person who does. */
export type Why = StopReason | 'peer_gone'

export const WHY_IN_WORDS: Readonly<Record<Why, string>> = {
  page_closed: 'Stopped because the page was closed.',
  message_full: 'Stopped because a message of this overlay holds no more.',
  peer_gone: 'Stopped because the peer that asked was gone.',
}

export type CallParts = {
  readonly question: Question
  readonly answer: Answer
  /** Questions that came earlier have a smaller one. */
  readonly order: number
  /** Whether the own peer was there when the question came: what it asked is not worth paying for once it is gone. */
  readonly isAttended: boolean
}

export class Call {
  readonly question: Question
  readonly answer: Answer
  readonly order: number
  readonly isAttended: boolean
  /** Its beginning is on disk, so that it is never made a second time in silence. */
  begun = false
  readonly #abort = new AbortController()
  #why: Why | undefined

  constructor({ question, answer, order, isAttended }: CallParts) {
    this.question = question
    this.answer = answer
    this.order = order
    this.isAttended = isAttended
  }

  /** Aborts as soon as the call is stopped. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Why it was stopped, in words; undefined where it was the person's wish. */
  get why(): string | undefined {
    return this.#why && WHY_IN_WORDS[this.#why]
  }

  /** The first reason stays. */
  stop(why?: Why): void {
    if (this.signal.aborted) return
    this.#why = why
    this.#abort.abort()
  }

  is(id: string): boolean {
    return this.question.id === id || this.question.answer === id
  }

  /** What a peer is told that attaches in its midst: nothing while it waits. */
  present(): ProxyEvent[] {
    if (!this.begun) return []
    const { text } = this.answer
    const events = [this.asking()]
    for (let offset = 0; offset < text.length; ) {
      const piece = beginning(text.slice(offset, offset + PIECE_CHARACTERS + 1), PIECE_CHARACTERS)
      events.push(this.piece({ offset, text: piece }))
      offset += piece.length
    }
    return events
  }

  asking(): ProxyEvent {
    const { id, body } = this.question
    return { kind: 'asking', id, destination: body.destination }
  }

  piece({ offset, text }: Pick<Delta, 'offset' | 'text'>): ProxyEvent {
    const { id, answer, body } = this.question
    const delta = { id: answer, replyTo: id, offset, text, ...(this.answer.isDemo && { demo: true as const }) }
    return { kind: 'signal', sender: body.destination, signal: { kind: 'delta', delta } }
  }
}
