/** The streams between readline and the terminal. */
import { Readable, Writable } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'

const USUAL_COLUMNS = 80
const USUAL_ROWS = 24

/** What readline writes to: the terminal, except that what belongs to one change is written at once. */
export class PromptOutput extends Writable {
  readonly isTTY = true
  readonly #terminal: WriteStream
  #held: string | undefined
  columns: number

  constructor(terminal: WriteStream) {
    super({ decodeStrings: false })
    this.#terminal = terminal
    this.columns = terminal.columns || USUAL_COLUMNS
  }

  get terminalSize(): { columns: number; rows: number } {
    return { columns: this.#terminal.columns || USUAL_COLUMNS, rows: this.#terminal.rows || USUAL_ROWS }
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    const text = chunk.toString()
    if (this.#held === undefined) this.#terminal.write(text)
    else this.#held += text
    done()
  }

  atOnce(draw: () => void): void {
    this.#held = ''
    draw()
    this.#terminal.write(this.#held)
    this.#held = undefined
  }
}

/**
 * What readline reads from: the terminal, one character after the other. Of several at once, as they come when a person
 * pastes or types fast, readline puts all at the end of the line, wherever the cursor is, and loses count of the rows.
 */
export class PromptInput extends Readable {
  readonly isTTY = true
  readonly #terminal: ReadStream

  constructor(terminal: ReadStream) {
    super({ objectMode: true, read: () => {} })
    this.#terminal = terminal
    terminal.setEncoding('utf8')
    terminal.on('data', (text: string) => {
      for (const character of text) this.push(character)
    })
    terminal.once('end', () => this.push(null))
  }

  setRawMode(isRaw: boolean): this {
    this.#terminal.setRawMode(isRaw)
    return this
  }
}
