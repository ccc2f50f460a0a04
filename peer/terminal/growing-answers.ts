/**
 * Answers that are being written: what of them stands on the screen for good, and what still changes. Only the oldest one
 * leaves lines behind while it grows; the others wait with their beginning, so that no two are mixed.
 */
import type { MessageRecord } from '../../shared/protocol/message.ts'
import type { PeerEventData } from '../../shared/protocol/peer-api.ts'
import { writePiece } from '../page/state/piece.ts'
import { type Line, type Span, styled } from './line.ts'
import { heading, INDENT, noteLines } from './record-lines.ts'
import { rowsOf } from './visible.ts'

type Answer = {
  readonly id: string
  readonly conversation: string
  readonly replyTo: string
  readonly marks: readonly string[]
  readonly began: Date
  text: string
  /** Characters that stand on the screen for good. */
  done: number
  /** Whether the line above the next one is of this answer. */
  headed: boolean
}

export class GrowingAnswers {
  readonly #answers = new Map<string, Answer>()

  write({ id, conversation, replyTo, demo, ...piece }: PeerEventData<'delta'>, now: Date): void {
    const marks = ['AI', ...(demo ? ['demonstration'] : [])]
    const begun: Answer = { id, conversation, replyTo, marks, began: now, text: '', done: 0, headed: false }
    const answer = this.#answers.get(id) ?? begun
    const text = writePiece(answer.text, piece) ?? answer.text
    // It says something else than what stands there: it is shown anew.
    if (!text.startsWith(answer.text.slice(0, answer.done))) Object.assign(answer, { done: 0, headed: false })
    answer.text = text
    this.#answers.set(id, answer)
  }

  has(id: string): boolean {
    return this.#answers.has(id)
  }

  /** Whether the growing line is of this one. */
  isOldest(id: string): boolean {
    return this.#oldest?.id === id
  }

  /** In the order in which they began. */
  get present(): readonly { readonly id: string; readonly replyTo: string }[] {
    return [...this.#answers.values()]
  }

  /** Those of a question, or of a conversation, or all of them. */
  find({ replyTo, conversation }: { replyTo?: string; conversation?: string } = {}): readonly string[] {
    const fits = (answer: Answer) =>
      (replyTo === undefined || answer.replyTo === replyTo) &&
      (conversation === undefined || answer.conversation === conversation)
    return [...this.#answers.values()].filter(fits).map(({ id }) => id)
  }

  /** Lines of the oldest answer that will not change any more. @param width where a line that grows too long is cut */
  take(now: Date, long?: { readonly width: number; readonly rows: number }): Line[] {
    const answer = this.#oldest
    if (answer === undefined) return []
    const lines: Line[] = []
    for (;;) {
      const rest = answer.text.slice(answer.done)
      const end = rest.indexOf('\n')
      const cut = end >= 0 ? end + 1 : long === undefined ? undefined : cutOf(rest, long)
      if (cut === undefined) return lines
      lines.push(this.#line(answer, rest.slice(0, cut).replace(/\r?\n$/, ''), now))
      answer.done += cut
      answer.headed = true
    }
  }

  /** The line of the oldest answer that still grows, without spaces at its end that may not stay. */
  tail(now: Date): Line | undefined {
    const answer = this.#oldest
    const text = answer?.text.slice(answer.done).trimEnd() ?? ''
    return answer === undefined || text === '' ? undefined : this.#line(answer, text, now)
  }

  /** Who else is writing, each in one line with the last words. */
  others(now: Date, width: number): Line[] {
    return [...this.#answers.values()].slice(1).map(answer => {
      const head = this.#heading(answer, now)
      const room = Math.max(10, Math.floor((width - 40) / 2))
      return [...head, styled('dim', `… ${answer.text.trimEnd().slice(-room).replace(/\s+/g, ' ')}`)]
    })
  }

  /** @returns what is left to show of an answer that is whole now */
  finish(record: MessageRecord, now: Date): Line[] {
    const answer = this.#answers.get(record.id)
    if (answer === undefined) return []
    this.#answers.delete(record.id)
    const shown = answer.text.slice(0, answer.done)
    const agrees = record.message.startsWith(shown)
    const last = { ...answer, text: record.message, ...(!agrees && { done: 0, headed: false }) }
    return [...this.#rest(last, now), ...noteLines(record, { mine: false })]
  }

  /** Nothing more will come of an answer. @returns what is left to show of it, with a note that says so */
  drop(id: string, note: string, now: Date): Line[] {
    const answer = this.#answers.get(id)
    if (answer === undefined) return []
    this.#answers.delete(id)
    return [...this.#rest(answer, now), [INDENT, styled('dim', `(${note})`)]]
  }

  /** Another line follows now: what comes next of an answer says again whose it is. @param withTail the growing line stays */
  interrupt({ withTail }: { withTail: boolean }): void {
    const answer = this.#oldest
    if (answer === undefined) return
    if (withTail) answer.done = answer.text.length
    answer.headed = false
  }

  get #oldest(): Answer | undefined {
    return this.#answers.values().next().value
  }

  #rest(answer: Answer, now: Date): Line[] {
    const rest = answer.text.slice(answer.done).replace(/\s+$/, '')
    if (rest === '' && answer.done > 0) return []
    const [first = '', ...more] = rowsOf(rest)
    return [this.#line(answer, first, now), ...more.map(row => [INDENT, row])]
  }

  #line(answer: Answer, text: string, now: Date): Line {
    return answer.headed ? [INDENT, text] : [...this.#heading(answer, now), answer.done > 0 ? text.trimStart() : text]
  }

  #heading({ conversation, marks, began, done }: Answer, now: Date): Span[] {
    const who = done > 0 ? `${conversation} …` : conversation
    return heading({ who, time: began, marks: done > 0 ? [] : marks }, now)
  }
}

/** Where to cut a line that would fill the screen: after a word near the end of its first row. */
function cutOf(rest: string, { width, rows }: { width: number; rows: number }): number | undefined {
  if (rest.length <= width * rows) return undefined
  const room = Math.max(10, width - INDENT.length)
  const space = rest.lastIndexOf(' ', room - 1)
  if (space > 0) return space + 1
  const splitsPair = /[\ud800-\udbff]/.test(rest.charAt(room - 1))
  return splitsPair ? room - 1 : room
}
