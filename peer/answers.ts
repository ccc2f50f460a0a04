/** Answers that are being written at this moment: their text so far, for pages that join in the midst. */
import type { Delta } from '../shared/protocol/local.ts'
import { ANSWER_BYTES } from '../shared/protocol/message-length.ts'
import type { PeerEventData } from '../shared/protocol/peer-api.ts'

type Answer = {
  readonly id: string
  readonly conversation: string
  readonly replyTo: string
  readonly demo?: true
  /** Written by this peer, for the other one. */
  readonly own?: true
  text: string
}

/** How many ended answers are remembered. */
const REMEMBERED = 100
/** Most of one answer that is kept, and of all together, in characters, and most answers: any peer may send pieces without end. */
const MOST_CHARACTERS = { one: ANSWER_BYTES, all: 16 * ANSWER_BYTES } as const
const MOST_OPEN = 256

export class Answers {
  readonly #open = new Map<string, Answer>()
  /** A piece that comes late must not begin an answer anew. */
  readonly #ended: string[] = []

  /** Writes a piece at its place: a repeated one changes nothing, at another one the answer begins anew. @returns what to tell the pages; undefined for a piece behind a gap, which is dropped */
  write(
    conversation: string,
    { id, replyTo, offset, text, demo, own }: Delta & { own?: true },
  ): PeerEventData<'delta'> | undefined {
    if (this.#ended.includes(id)) return undefined
    const about = { id, conversation, replyTo, ...(demo && { demo }), ...(own && { own }) }
    const answer = this.#open.get(id) ?? { ...about, text: '' }
    if (offset > answer.text.length || offset + text.length > MOST_CHARACTERS.one) return undefined
    if (!answer.text.startsWith(text, offset)) answer.text = answer.text.slice(0, offset) + text
    this.#open.set(id, answer)
    this.#forgetOldest(id)
    return { ...about, offset, text }
  }

  /** The answer ended: the whole message takes its place, or nothing does. */
  end(id: string): void {
    this.#open.delete(id)
    this.#ended.push(id)
    if (this.#ended.length > REMEMBERED) this.#ended.shift()
  }

  /** The answer to a question, as far as it came. */
  to(question: string): Answer | undefined {
    return [...this.#open.values()].find(({ replyTo }) => replyTo === question)
  }

  question(id: string): string | undefined {
    return this.#open.get(id)?.replyTo
  }

  /** Where there is more than is kept, the answers that began first go: their messages come nevertheless. */
  #forgetOldest(newest: string): void {
    let characters = [...this.#open.values()].reduce((sum, { text }) => sum + text.length, 0)
    for (const [id, { text }] of this.#open) {
      if (id === newest || (characters <= MOST_CHARACTERS.all && this.#open.size <= MOST_OPEN)) return
      this.#open.delete(id)
      characters -= text.length
    }
  }

  /** All of them, whole so far. */
  present(): PeerEventData<'delta'>[] {
    return [...this.#open.values()].map(answer => ({ ...answer, offset: 0 }))
  }
}
