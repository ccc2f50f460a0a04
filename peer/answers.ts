/** Answers that are being written at this moment: their text so far, for pages that join in the midst. */
import type { Delta } from '../shared/protocol/local.ts'
import type { PeerEventData } from '../shared/protocol/peer-api.ts'

type Answer = { readonly id: string; readonly conversation: string; readonly replyTo: string; text: string }

export class Answers {
  readonly #open = new Map<string, Answer>()

  /** Writes a piece at its place. @returns what to tell the pages; undefined for a piece behind a gap, which is dropped */
  write(conversation: string, { id, replyTo, offset, text }: Delta): PeerEventData<'delta'> | undefined {
    const answer = this.#open.get(id) ?? { id, conversation, replyTo, text: '' }
    if (offset > answer.text.length) return undefined
    answer.text = answer.text.slice(0, offset) + text
    this.#open.set(id, answer)
    return { id, conversation, replyTo, offset, text }
  }

  /** The answer ended: the whole message takes its place, or nothing does. */
  end(id: string): void {
    this.#open.delete(id)
  }

  /** The answer to a question, as far as it came. */
  to(question: string): Answer | undefined {
    return [...this.#open.values()].find(({ replyTo }) => replyTo === question)
  }

  question(id: string): string | undefined {
    return this.#open.get(id)?.replyTo
  }

  /** All of them, whole so far. */
  present(): PeerEventData<'delta'>[] {
    return [...this.#open.values()].map(({ id, conversation, replyTo, text }) => ({
      id,
      conversation,
      replyTo,
      offset: 0,
      text,
    }))
  }
}
