/** What a reader remembers of one answer: whether there was text, what was counted, and how it ended. */
import type { Ending, Usage } from '../../shared/protocol/message.ts'
import type { FailureCode, FailureFacts } from './failure.ts'
import { describeFailure } from './failure.ts'
import type { AnswerEvent } from './provider.ts'

/** Why an answer ends; `detail` is a sentence for the reader where the provider told more than the reason. */
export type ToldEnding = { readonly ending: Ending; readonly detail?: string | undefined }

/** Every method gives the events that follow from it. After the last one, `end` or `error`, there are no more. */
export class AnswerState {
  #hasText = false
  #hasThought = false
  #closed = false
  #usage: Usage | undefined
  #ending: ToldEnding | undefined

  get closed(): boolean {
    return this.#closed
  }

  /** Spaces alone are no text: they would be shown as nothing. */
  get hasText(): boolean {
    return this.#hasText
  }

  text(text: string | null | undefined): AnswerEvent[] {
    if (!text) return []
    this.#hasText ||= text.trim() !== ''
    return [{ kind: 'text', text }]
  }

  thinking(text: string | null | undefined): AnswerEvent[] {
    if (!text) return []
    this.#hasThought = true
    return [{ kind: 'thinking', text }]
  }

  /** Counts are cumulative in every API: the newest replaces what was known. It is told once, before the end. */
  count(usage: Usage): void {
    this.#usage = usage
  }

  /** Notes why the answer ends; more events may follow it on the wire. The first reason stays. */
  endsWith(ending: Ending, detail?: string): void {
    this.#ending ??= { ending, detail }
  }

  /** The stream is over. Without a known ending the answer was cut off. */
  close(): AnswerEvent[] {
    if (this.#closed) return []
    const { ending, detail } = this.#ending ?? { ending: 'interrupted' }
    const sentence = detail ?? endingDetail(ending, this.#written())
    return [...this.#lastUsage(), { kind: 'end', ending, ...(sentence !== undefined && { detail: sentence }) }]
  }

  fail(code: FailureCode, facts?: FailureFacts): AnswerEvent[] {
    if (this.#closed) return []
    return [...this.#lastUsage(), { kind: 'error', failure: describeFailure(code, facts) }]
  }

  /** Some models think without showing it: then only the counts tell. */
  #written(): Written {
    if (this.#hasText) return 'text'
    return this.#hasThought || (this.#usage?.thinking ?? 0) > 0 ? 'thoughts' : 'nothing'
  }

  #lastUsage(): AnswerEvent[] {
    this.#closed = true
    return this.#usage === undefined ? [] : [{ kind: 'usage', usage: this.#usage }]
  }
}

type Written = 'text' | 'thoughts' | 'nothing'

const STOPPED = {
  text: undefined,
  thoughts: 'The model thought, and ended its answer without writing any text.',
  nothing: 'The model ended its answer without writing any text.',
} as const satisfies Record<Written, string | undefined>

const LENGTH = {
  text: 'The answer reached the length limit.',
  thoughts:
    'The model used the whole length limit for thinking, before any text. Raise maxTokens of the route, which thinking counts towards.',
  nothing: 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.',
} as const satisfies Record<Written, string>

function endingDetail(ending: Ending, written: Written): string | undefined {
  switch (ending) {
    case 'stop':
      return STOPPED[written]
    case 'length':
      return LENGTH[written]
    case 'refused':
      return 'The model refused to answer. Word the question differently.'
    case 'filtered':
      return written === 'text'
        ? "The provider's content filter stopped the answer."
        : "The provider's content filter stopped the answer before any text. Word the question differently."
    case 'cancelled':
      return undefined
    case 'interrupted':
      return 'The connection broke before the answer was whole.'
    default:
      return ending satisfies never
  }
}
