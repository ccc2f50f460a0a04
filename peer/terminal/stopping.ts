/** Stops the answer to what was asked last, written or waited for; where nothing asked here is under way, the one that began last. */
import { CallRefusedError } from '../../shared/process/http-client.ts'
import type { GrowingAnswers } from './growing-answers.ts'
import type { PeerCalls } from './peer-calls.ts'
import type { SentMessages } from './sent-messages.ts'

export type StoppingParts = {
  readonly calls: Pick<PeerCalls, 'cancel'>
  readonly answers: Pick<GrowingAnswers, 'present'>
  readonly sent: Pick<SentMessages, 'awaited' | 'has' | 'isAnswered' | 'lastOf' | 'sendingIsOver' | 'stops'>
}

export class Stopping {
  readonly #parts: StoppingParts
  /** Answers to what was asked elsewhere, by their ids. */
  readonly #stopped = new Set<string>()

  constructor(parts: StoppingParts) {
    this.#parts = parts
  }

  /** @returns the work of stopping it, or undefined when there is nothing to stop, or nothing more */
  begin(): Promise<void> | undefined {
    const { answers, sent } = this.#parts
    const { present } = answers
    const own = sent.lastOf([...sent.awaited, ...present.map(({ replyTo }) => replyTo)])
    if (own !== undefined) return this.#stop(own, isStopped => sent.stops(own, isStopped))
    const other = present.findLast(({ id, replyTo }) => !sent.has(replyTo) && !this.#stopped.has(id))?.id
    if (other === undefined) return undefined
    return this.#stop(other, isStopped => this.#stopped[isStopped ? 'add' : 'delete'](other))
  }

  /** @param mark says whether it is stopped: one that cannot be stopped now can be tried again */
  async #stop(id: string, mark: (isStopped: boolean) => void): Promise<void> {
    const { calls, sent } = this.#parts
    mark(true)
    try {
      await sent.sendingIsOver(id)
      await calls.cancel(id)
    } catch (error) {
      // It was whole a moment before.
      const isOver = error instanceof CallRefusedError && error.status === 404
      if (!isOver) {
        mark(false)
        throw error
      }
    }
    sent.isAnswered(id)
  }
}
