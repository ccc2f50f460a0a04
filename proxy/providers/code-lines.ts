/** Follows a text that grows, and knows whether what comes next stands in code, as far as the lines tell. */

/** A line that begins or ends a block of code is told by these. */
const HEAD_CHARACTERS = 8

export class CodeLines {
  /** Of the line that grows: its beginning, whether there is more than blanks in it, and whether it is within code. */
  #line = { head: '', isBlank: true, isCode: false }
  #fenced = false

  get isCode(): boolean {
    return this.#fenced || this.#line.isCode
  }

  /** Whether there is nothing but blanks in the last line so far. */
  get isBlank(): boolean {
    return this.#line.isBlank
  }

  follow(text: string): void {
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) {
        if (/^ {0,3}(?:```|~~~)/.test(this.#line.head)) this.#fenced = !this.#fenced
        this.#line = { head: '', isBlank: true, isCode: false }
      }
      const { head, isBlank, isCode } = this.#line
      const ticks = part.split('`').length - 1
      this.#line = {
        head: head.length < HEAD_CHARACTERS ? head + part.slice(0, HEAD_CHARACTERS) : head,
        isBlank: isBlank && part.trim() === '',
        isCode: ticks % 2 === 1 ? !isCode : isCode,
      }
    }
  }
}
