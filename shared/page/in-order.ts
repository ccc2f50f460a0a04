/** Hears a stream from whoever passes it on: each event once and in order, from how everything is now onwards. */
import type { Present } from '../protocol/present.ts'
import { standing } from './event-order.ts'
import { delayAfter, type RawEvent } from './healing-source.ts'

export interface InOrderParts {
  /** Asks the server how everything is. */
  readonly ask: () => Promise<Present>
  /** How everything is: what was told before counts no more. */
  readonly onPresent: (present: Present) => void
  readonly onEvent: (event: RawEvent) => void
  /** Told of each failure to ask, which is tried again. */
  readonly onProblem: (error: unknown) => void
}

/** Most pieces of news that wait for an answer. What is dropped is missing afterwards, which is noticed. */
const WAITING = 10_000

export class InOrder {
  readonly #parts: InOrderParts
  #position: string | undefined
  #waiting: (RawEvent | { readonly id: string })[] = []
  #isAsking = false
  #isStopped = false
  #failures = 0
  #askingAgain: ReturnType<typeof setTimeout> | undefined

  constructor(parts: InOrderParts) {
    this.#parts = parts
  }

  /** The newest event that was heard; undefined until it was told for the first time how everything is. */
  get position(): string | undefined {
    return this.#position
  }

  /** An event, or only the id of one that somebody else has heard. Where something was missed, it is asked how everything is. */
  hear(news: RawEvent | { readonly id: string }): void {
    if (this.#position === undefined || this.#isAsking) {
      if (this.#waiting.length === WAITING) this.#waiting = []
      this.#waiting.push(news)
      return
    }
    const stands = standing(this.#position, news.id)
    if (stands === 'known') return
    if (stands === 'missed' || !('data' in news)) return this.ask()
    this.#position = news.id
    this.#parts.onEvent(news)
  }

  /** Asks now how everything is. */
  ask(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    clearTimeout(this.#askingAgain)
    void this.#ask()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#askingAgain)
  }

  async #ask(): Promise<void> {
    const answer = await this.#parts.ask().catch((error: unknown) => ({ error }))
    if (this.#isStopped) return
    this.#isAsking = false
    if ('error' in answer) {
      this.#askingAgain = setTimeout(() => this.ask(), delayAfter(this.#failures++))
      this.#parts.onProblem(answer.error)
      return
    }
    this.#failures = 0
    this.#position = answer.last
    this.#parts.onPresent(answer)
    // What was heard meanwhile may be part of the answer, and is known then. What is missed now is part of the next answer.
    const waiting = this.#waiting
    this.#waiting = []
    for (const news of waiting) this.hear(news)
  }
}
