/** Cuts a message into blocks; while it grows, only what follows the last finished block is read again. */
import type { Token } from 'marked'
import { plainBlocks, readMarkdown } from './reading.ts'
import { type Limits, USUAL_WORK } from './work.ts'

export interface Block {
  readonly token: Token
  /** Whether text that is still to come can no longer change it. */
  readonly finished: boolean
}

/** A part that grows is read again as soon as it is longer by this share, so that all readings together cost no square of it. */
const GROWTH = 1 / 64
/** Up to here it is read again with each piece, in characters. */
const SHORT_CHARACTERS = 4 * 1024

export class BlockReader {
  readonly #limits: Limits
  #finished: readonly Block[] = []
  #read = ''
  #last: { readonly length: number; readonly blocks: readonly Block[] } = { length: 0, blocks: [] }

  constructor(limits: Limits = USUAL_WORK) {
    this.#limits = limits
  }

  /**
   * The blocks of a text that is mostly the one of the last call with more at its end. `whole` reads everything anew:
   * a definition at the end may concern a link at the beginning. While a long part grows they may be those of the last call.
   */
  blocks(text: string, whole: boolean): readonly Block[] {
    if (whole) {
      this.#restart()
      return readMarkdown(text, true, this.#limits)
        .filter(isShown)
        .map(token => ({ token, finished: true }))
    }
    const grown = text.length - this.#last.length
    // A quarter of the whole counts too, since drawing what is finished anew is not free.
    const growing = Math.max(this.#last.length - this.#read.length, this.#last.length / 4)
    // Judged by lengths alone: comparing the texts would make V8 join the pieces of a growing one each time.
    if (grown >= 0 && growing > SHORT_CHARACTERS && grown < growing * GROWTH) return this.#last.blocks
    const blocks = this.#growing(text)
    this.#last = { length: text.length, blocks }
    return blocks
  }

  #growing(text: string): readonly Block[] {
    if (!text.startsWith(this.#read)) this.#restart()
    const rest = text.slice(this.#read.length)
    const isBeyond = this.#read.length >= this.#limits.characters
    const tokens = isBeyond ? plainBlocks(rest) : readMarkdown(rest, false, this.#limits)
    const growing = tokens.findLastIndex(isShown)
    for (const token of tokens.slice(0, Math.max(growing, 0))) this.#finish(token)
    const tail = tokens.slice(Math.max(growing, 0)).filter(isShown)
    return [...this.#finished, ...tail.map(token => ({ token, finished: false }))]
  }

  #finish(token: Token): void {
    this.#read += token.raw
    if (isShown(token)) this.#finished = [...this.#finished, { token, finished: true }]
  }

  #restart(): void {
    this.#finished = []
    this.#read = ''
    this.#last = { length: 0, blocks: [] }
  }
}

const isShown = (token: Token): boolean => token.type !== 'space'
