/** Stops the answer to what was asked last, written or waited for; where nothing asked here is under way, the one that began last. */
import { CallRefusedError } from '../../shared/process/http-client.ts'
import type { GrowingAnswers } from './growing-answers.ts'
import type { PeerCalls } from './peer-calls.ts'
import type { SentMessages } from './sent-messages.ts'

export type StoppingParts = {
  readonly calls: Pick<PeerCalls, 'cancel'>
  readonly answers: Pick<GrowingAnswers, 'newest' | 'questions'>
  readonly sent: Pick<SentMessages, 'awaited' | 'isAnswered' | 'lastOf' | 'sendingIsOver'>
}

export class Stopping {
  readonly #parts: StoppingParts
  readonly #stopped = new Set<string>()

  constructor(parts: StoppingParts) {
    this.#parts = parts
  }

  /** @returns the work of stopping it, or undefined when there is nothing to stop, or nothing more */
  begin(): Promise<void> | undefined {
    const { answers, sent } = this.#parts
    const id = sent.lastOf([...sent.awaited, ...answers.questions]) ?? answers.newest
    if (id === undefined || this.#stopped.has(id)) return undefined
    this.#stopped.add(id)
    return this.#stop(id)
  }

  async #stop(id: string): Promise<void> {
    const { calls, sent } = this.#parts
    try {
      await sent.sendingIsOver(id)
      await calls.cancel(id)
    } catch (error) {
      // It was whole a moment before.
      if (!(error instanceof CallRefusedError && error.status === 404)) throw error
    } finally {
      sent.isAnswered(id)
    }
  }
}
