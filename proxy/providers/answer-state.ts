/** What a reader remembers of one answer: whether there was text, what was counted, and how it ended. */
import type { Ending, Usage } from '../../shared/protocol/message.ts'
import type { FailureCode, FailureFacts } from './failure.ts'
import { describeFailure } from './failure.ts'
import type { AnswerEvent } from './provider.ts'

/** Every method gives the events that follow from it. After the last one, `end` or `error`, there are no more. */
export class AnswerState {
  #hasText = false
  #closed = false
  #usage: Usage | undefined
  #ending: { ending: Ending; detail?: string | undefined } | undefined

  get closed(): boolean {
    return this.#closed
  }

  text(text: string | null | undefined): AnswerEvent[] {
    if (!text) return []
    this.#hasText = true
    return [{ kind: 'text', text }]
  }

  thinking(text: string | null | undefined): AnswerEvent[] {
    return text ? [{ kind: 'thinking', text }] : []
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
    const sentence = detail ?? endingDetail(ending, this.#hasText)
    return [...this.#lastUsage(), { kind: 'end', ending, ...(sentence !== undefined && { detail: sentence }) }]
  }

  fail(code: FailureCode, facts?: FailureFacts): AnswerEvent[] {
    if (this.#closed) return []
    return [...this.#lastUsage(), { kind: 'error', failure: describeFailure(code, facts) }]
  }

  #lastUsage(): AnswerEvent[] {
    this.#closed = true
    return this.#usage === undefined ? [] : [{ kind: 'usage', usage: this.#usage }]
  }
}

function endingDetail(ending: Ending, hasText: boolean): string | undefined {
  switch (ending) {
    case 'stop':
      return hasText ? undefined : 'The model ended its answer without writing any text.'
    case 'length':
      return hasText
        ? 'The answer reached the length limit.'
        : 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.'
    case 'refused':
      return 'The model refused to answer.'
    case 'filtered':
      return "The provider's content filter stopped the answer."
    case 'cancelled':
      return undefined
    case 'interrupted':
      return 'The connection broke before the answer was whole.'
    default:
      return ending satisfies never
  }
}
