/**
 * A terminal on which a line is being typed. Everything else is written above that line: what stays scrolls up, answers that
 * grow are drawn anew between the two. Readline draws the typed line itself; it is only told where to.
 */
import { clearScreenDown, cursorTo, type Interface, moveCursor } from 'node:readline'
import wrapAnsi from 'wrap-ansi'
import type { GrowingAnswers } from './growing-answers.ts'
import { type Line, paint } from './line.ts'
import type { Output } from './output.ts'
import type { PromptOutput } from './prompt-streams.ts'

/** Answers are drawn at most this often, in milliseconds. */
const FRAME_MS = 40
export type ScreenParts = {
  readonly output: PromptOutput
  readonly typed: Interface
  readonly answers: GrowingAnswers
  /** Lines about what is waited for, shown while it is. */
  readonly waiting: () => readonly Line[]
  readonly colours: boolean
}

export class Screen implements Output, Disposable {
  readonly #parts: ScreenParts
  /** The rows drawn between what stays and the typed line, as they were written. */
  #live: readonly string[] = []
  #frame: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(parts: ScreenParts) {
    this.#parts = parts
  }

  print(lines: readonly Line[]): void {
    if (lines.length === 0) return
    this.#parts.answers.interrupt({ withTail: false })
    this.#draw(lines)
  }

  end(lines: readonly Line[]): void {
    this.#draw(lines)
  }

  changed(): void {
    this.#frame ??= setTimeout(() => this.#draw([]), FRAME_MS)
  }

  /** After the window changed: the terminal has wrapped anew what stands on it. */
  resized(): void {
    const { output, typed } = this.#parts
    const before = typed.getCursorPos().rows
    output.columns = output.terminalSize.columns
    this.#draw([], { before })
  }

  /** A line was entered: it stays, below what stood above it and above what still changes. */
  entered(line: string): void {
    if (this.#live.length === 0) return
    const { output, typed, colours } = this.#parts
    const text = `${typed.getPrompt()}${line}`
    // Behind a text that ends with its row the cursor stood in the next one, as it does behind one more space.
    const rows = rowsAt(`${text} `, output.columns)
    output.atOnce(() => {
      moveCursor(output, 0, -(rows + this.#live.length))
      clearScreenDown(output)
      output.write(`${paint([text], colours)}\n`)
      this.#live = []
    })
  }

  /** Whoever stopped this program and let it go on has written below; what stands there stays. */
  continued(): void {
    this.#live = []
    this.#draw([], { fresh: true })
  }

  /** Leaves what stands there, without what still changes and without the typed line. */
  [Symbol.dispose](): void {
    clearTimeout(this.#frame)
    this.#isClosed = true
  }

  /** @param before the row of the cursor within the typed line, as readline last drew it @param fresh on an empty row */
  #draw(lines: readonly Line[], { before, fresh = false }: { before?: number; fresh?: boolean } = {}): void {
    clearTimeout(this.#frame)
    this.#frame = undefined
    if (this.#isClosed) return
    const { output, typed, answers, colours } = this.#parts
    const now = new Date()
    const { columns, rows } = output.terminalSize
    const cursor = typed.getCursorPos().rows
    const most = Math.max(1, rows - cursor - 3)
    const kept = [...lines, ...answers.take(now, { width: columns - 1, rows: Math.ceil(most / 2) })]
    const live = this.#liveRows(now, { columns, most })
    output.atOnce(() => {
      const above = this.#live.reduce((sum, row) => sum + rowsAt(row, columns), 0)
      // Some terminals wrap the row with the cursor anew when they are resized, others do not: rather too little is erased.
      if (!fresh) moveCursor(output, 0, -(Math.min(cursor, before ?? cursor) + above))
      cursorTo(output, 0)
      clearScreenDown(output)
      for (const line of kept) output.write(`${paint(line, colours)}\n`)
      for (const row of live) output.write(`${row}\n`)
      this.#live = live
      this.#setRowsAbove(0)
      typed.prompt(true)
    })
  }

  /** By so many rows readline goes up before it draws the typed line anew. It has no public name for it. */
  #setRowsAbove(prevRows: number): void {
    Object.assign(this.#parts.typed, { prevRows })
  }

  #liveRows(now: Date, { columns, most }: { columns: number; most: number }): string[] {
    const { answers, waiting, colours } = this.#parts
    const tail = answers.tail(now)
    const growing = tail === undefined ? [] : wrapped(paint(tail, colours), columns - 1)
    const others = [...answers.others(now, columns), ...waiting()].map(
      line => wrapped(paint(line, colours), columns - 1)[0] ?? '',
    )
    const room = Math.max(1, most - others.length)
    return [...growing.slice(-room), ...others.slice(0, Math.max(0, most - 1))]
  }
}

/** The rows of a text as a terminal wraps it, which knows of no words: what it is to copy stays in one piece. */
const wrapped = (text: string, columns: number): string[] =>
  wrapAnsi(text, Math.max(1, columns), { hard: true, wordWrap: false, trim: false }).split('\n')

const rowsAt = (text: string, columns: number): number => wrapped(text, columns).length
