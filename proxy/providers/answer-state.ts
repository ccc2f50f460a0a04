/** What a reader remembers of one answer: whether there was text, what was counted, and how it ended. */
import type { Ending, Usage } from '../../shared/protocol/message.ts'
import type { ToldFailure } from './failure.ts'
import type { ReaderEvent } from './provider.ts'
import { type Unshown, unshownDetail } from './unshown.ts'
import { endsInHalf, wellFormed } from './well-formed.ts'

/** Why an answer ends; `detail` is a sentence for the reader where the provider told more than the reason. */
export type ToldEnding = { readonly ending: Ending; readonly detail?: string | undefined }

/** A character that is seen. Spaces, marks of direction and the like alone would be shown as nothing. */
const SEEN = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Most blanks before a text that are kept, in characters: there may be no end of them. */
const MOST_BLANKS = 4_096

/** Every method gives the events that follow from it. After the last one, `end` or `error`, there are no more. */
export class AnswerState {
  #hasText = false
  #hasThought = false
  #closed = false
  #usage: Usage | undefined
  #ending: ToldEnding | undefined
  /** Text that is not told yet: blanks before any text, or the first half of a character. */
  #waiting = ''
  readonly #unshown = new Set<Unshown>()

  get closed(): boolean {
    return this.#closed
  }

  /** Blanks alone are no text: they would be shown as nothing. */
  get hasText(): boolean {
    return this.#hasText
  }

  /** Whether the provider said why it ends. */
  get hasEnding(): boolean {
    return this.#ending !== undefined
  }

  text(text: string | null | undefined): ReaderEvent[] {
    if (!text) return []
    const all = this.#waiting + text
    const ready = endsInHalf(all) ? all.slice(0, -1) : all
    if (ready === '' || (!this.#hasText && !SEEN.test(ready))) {
      this.#waiting = all.slice(-MOST_BLANKS)
      return []
    }
    this.#waiting = all.slice(ready.length)
    this.#hasText = true
    return [{ kind: 'text', text: wellFormed(ready) }]
  }

  thinking(text: string | null | undefined): ReaderEvent[] {
    if (!text) return []
    this.#hasThought = true
    return [{ kind: 'thinking', text: wellFormed(text) }]
  }

  /** What was told as text was thinking: the answer begins only now. */
  retract(): ReaderEvent[] {
    this.#waiting = ''
    if (!this.#hasText) return []
    this.#hasText = false
    this.#hasThought = true
    return [{ kind: 'retract' }]
  }

  /** Notes something that came and is not shown. */
  unshown(thing: Unshown): void {
    this.#unshown.add(thing)
  }

  /** Counts are cumulative in every API: the newest replaces what was known. It is told once, before the end. */
  count(usage: Usage): void {
    this.#usage = usage
  }

  /**
   * Notes why the answer ends; more events may follow it on the wire. Where there are several reasons, the one counts that
   * says most against the answer being whole, and the first of equals: Gemini sends STOP with a piece, and then RECITATION.
   */
  endsWith(ending: Ending, detail?: string): void {
    const told = { ending, detail }
    if (this.#ending === undefined || weightOf(told) > weightOf(this.#ending)) this.#ending = told
  }

  /** The stream is over. Without a known ending the answer was cut off. */
  close(): ReaderEvent[] {
    if (this.#closed) return []
    const { ending, detail } = this.#ending ?? { ending: 'interrupted' }
    const sentence = this.#sentence(ending, detail)
    return [...this.#last(), { kind: 'end', ending, ...(sentence !== undefined && { detail: sentence }) }]
  }

  fail(told: ToldFailure): ReaderEvent[] {
    if (this.#closed) return []
    return [...this.#last(), { kind: 'error', told }]
  }

  /** Where nothing was written, what came instead says it; a tool that the ending names is not named again. */
  #sentence(ending: Ending, detail: string | undefined): string | undefined {
    const things = new Set(this.#unshown)
    if (detail?.endsWith(' a tool, and there is none.')) things.delete('tool')
    const unshown = unshownDetail(things, this.#hasText)
    const usual =
      detail ?? (ending === 'stop' && unshown !== undefined ? undefined : endingDetail(ending, this.#written()))
    return unshown !== undefined && usual !== undefined ? `${usual} ${unshown}` : (usual ?? unshown)
  }

  /** Some models think without showing it: then only the counts tell. */
  #written(): Written {
    if (this.#hasText) return 'text'
    return this.#hasThought || (this.#usage?.thinking ?? 0) > 0 ? 'thoughts' : 'nothing'
  }

  /** Half a character that never became whole is told as what it is. */
  #last(): ReaderEvent[] {
    this.#closed = true
    const half: ReaderEvent[] =
      this.#hasText && this.#waiting !== '' ? [{ kind: 'text', text: wellFormed(this.#waiting) }] : []
    return this.#usage === undefined ? half : [...half, { kind: 'usage', usage: this.#usage }]
  }
}

function weightOf({ ending, detail }: ToldEnding): number {
  if (ending === 'stop') return detail === undefined ? 0 : 1
  return ending === 'length' ? 2 : 3
}

type Written = 'text' | 'thoughts' | 'nothing'

const STOPPED = {
  text: undefined,
  thoughts: 'The model thought, and ended its answer without writing any text.',
  nothing: 'The model ended its answer without writing any text.',
} as const satisfies Record<Written, string | undefined>

const LENGTH = {
  text: 'The answer reached the length limit.',
  thoughts:
    'The model used the whole length limit for thinking, before any text. Raise maxTokens of the route, which thinking counts towards.',
  nothing: 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.',
} as const satisfies Record<Written, string>

function endingDetail(ending: Ending, written: Written): string | undefined {
  switch (ending) {
    case 'stop':
      return STOPPED[written]
    case 'length':
      return LENGTH[written]
    case 'refused':
      return 'The model refused to answer. Word the question differently.'
    case 'filtered':
      return written === 'text'
        ? "The provider's content filter stopped the answer."
        : "The provider's content filter stopped the answer before any text. Word the question differently."
    case 'cancelled':
      return undefined
    case 'interrupted':
      return 'The connection broke before the answer was whole.'
    default:
      return ending satisfies never
  }
}
