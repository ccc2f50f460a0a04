/** Cuts a message into blocks; while it grows, only what follows the last finished block is read again. */
import type { Token } from 'marked'
import { readMarkdown } from './reading.ts'

export interface Block {
  readonly token: Token
  /** Whether text that is still to come can no longer change it. */
  readonly finished: boolean
}

export class BlockReader {
  #finished: readonly Block[] = []
  #read = ''

  /**
   * The blocks of a text that is mostly the one of the last call with more at its end. `whole` reads everything anew:
   * a definition at the end may concern a link at the beginning.
   */
  blocks(text: string, whole: boolean): readonly Block[] {
    if (whole || !text.startsWith(this.#read)) this.#restart()
    const tokens = readMarkdown(text.slice(this.#read.length), whole)
    if (whole) return tokens.filter(isShown).map(token => ({ token, finished: true }))

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
  }
}

const isShown = (token: Token): boolean => token.type !== 'space'
