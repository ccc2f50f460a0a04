/** Where lines go: a screen with a line that is being typed, or a stream that only grows. */
import type { MessageRecord } from '../../shared/protocol/message.ts'
import type { GrowingAnswers } from './growing-answers.ts'
import { type Line, paint } from './line.ts'

export interface Output {
  /** Shows lines that stay. */
  print(lines: readonly Line[]): void
  /** Shows what is left of the oldest answer, which ended: the first line goes on where the growing one stands. */
  end(lines: readonly Line[]): void
  /** The growing answers, or what is waited for, changed. */
  changed(): void
}

type Clock = () => Date
type Writing = { readonly output: Output; readonly answers: GrowingAnswers; readonly clock?: Clock }

const systemClock: Clock = () => new Date()

/** An answer is whole: what is left of it is shown. */
export function finishAnswer({ output, answers, clock = systemClock }: Writing, record: MessageRecord): void {
  const goesOn = answers.isOldest(record.id)
  const lines = answers.finish(record, clock())
  if (goesOn) output.end(lines)
  else output.print(lines)
}

/** Nothing more comes of an answer: what is left of it is shown, with a note that says so. */
export function dropAnswer({ output, answers, clock = systemClock }: Writing, id: string, note: string): void {
  const goesOn = answers.isOldest(id)
  const lines = answers.drop(id, note, clock())
  if (goesOn) output.end(lines)
  else output.print(lines)
}

type Look = { readonly colours: boolean; readonly clock?: Clock }

/** Grows at its end and nowhere else: a file, a pipe, a terminal that cannot move its cursor. Answers come piece by piece. */
export class GrowingOutput implements Output {
  readonly #write: (text: string) => void
  readonly #answers: GrowingAnswers
  readonly #colours: boolean
  readonly #clock: Clock
  /** What of the growing line is there already. */
  #tail = ''

  constructor(write: (text: string) => void, answers: GrowingAnswers, { colours, clock = systemClock }: Look) {
    this.#write = write
    this.#answers = answers
    this.#colours = colours
    this.#clock = clock
  }

  print(lines: readonly Line[]): void {
    if (lines.length === 0) return
    this.#answers.interrupt({ withTail: this.#tail !== '' })
    if (this.#tail !== '') this.#write('\n')
    this.#tail = ''
    for (const line of lines) this.#write(`${this.#paint(line)}\n`)
  }

  end(lines: readonly Line[]): void {
    if (lines.length === 0 && this.#tail !== '') this.#goOn(this.#tail, '\n')
    for (const line of lines) this.#goOn(this.#paint(line), '\n')
  }

  changed(): void {
    const now = this.#clock()
    for (const line of this.#answers.take(now)) this.#goOn(this.#paint(line), '\n')
    const tail = this.#answers.tail(now)
    if (tail !== undefined) this.#goOn(this.#paint(tail), '')
  }

  /** Writes what of a line is not there yet. */
  #goOn(line: string, end: string): void {
    const isSame = line.startsWith(this.#tail)
    this.#write(`${isSame ? line.slice(this.#tail.length) : `\n${line}`}${end}`)
    this.#tail = end === '' ? line : ''
  }

  readonly #paint = (line: Line): string => paint(line, this.#colours)
}
