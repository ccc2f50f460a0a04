/** Follows a text as it comes: whether its last line is blank, and whether what follows stands in code, as far as the lines tell. */

/** A line that begins or ends a block of code is told by so many characters. */
const HEAD_CHARACTERS = 8
const NEW_LINE = { head: '', isBlank: true, isCode: false }

export class LineWatch {
  #line = NEW_LINE
  #fenced = false

  get isBlank(): boolean {
    return this.#line.isBlank
  }

  get isCode(): boolean {
    return this.#fenced || this.#line.isCode
  }

  follow(text: string): void {
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) {
        if (/^ {0,3}(?:```|~~~)/.test(this.#line.head)) this.#fenced = !this.#fenced
        this.#line = NEW_LINE
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
