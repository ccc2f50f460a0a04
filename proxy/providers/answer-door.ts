/**
 * The one door through which an answer comes in, whichever provider wrote it: the key is taken out of its decoded text, and
 * of the text no more goes on than is kept. Whatever is shown, stored or logged of an answer has come through here.
 */
import { PieceRedactor, redactor, type Secret } from '../../shared/process/secret.ts'
import { ANSWER_BYTES } from '../../shared/protocol/message-length.ts'
import { wordedFailure } from './failure.ts'
import type { AnswerEvent, AnswerReader, ReaderEvent, StreamEvent } from './provider.ts'
import { beginning } from './well-formed.ts'

const FULL: AnswerEvent = {
  kind: 'end',
  ending: 'length',
  detail: `Overlay Chat keeps at most ${ANSWER_BYTES / 1024 / 1024} MiB of an answer.`,
}
/** Longest piece of text that goes on as one, in characters. */
export const PIECE_CHARACTERS = 16 * 1024
/** They mean nothing in a text, could part a key, and take six bytes each in JSON. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them
const CONTROLS = /[\0-\x08\v\f\x0e-\x1f\x7f]/g

export class AnswerDoor {
  readonly #reader: AnswerReader
  readonly #conceal: (text: string) => string
  readonly #key: Secret | undefined
  #text: PieceRedactor
  #thinking: PieceRedactor
  #bytes = 0
  #isFull = false

  constructor(reader: AnswerReader, key: Secret | undefined) {
    this.#reader = reader
    this.#key = key
    this.#conceal = redactor(key === undefined ? [] : [key])
    this.#text = new PieceRedactor(key)
    this.#thinking = new PieceRedactor(key)
  }

  /** As much came as is kept: it has told its end, and the provider need not go on. */
  get isFull(): boolean {
    return this.#isFull
  }

  read(event: StreamEvent): AnswerEvent[] {
    return this.#isFull ? [] : this.#pass(this.#reader.read(event))
  }

  finish(how?: { readonly isCut: boolean }): AnswerEvent[] {
    return this.#isFull ? [] : this.#pass(this.#reader.finish(how))
  }

  #pass(events: readonly ReaderEvent[]): AnswerEvent[] {
    const passed: AnswerEvent[] = []
    for (const event of events) {
      passed.push(...this.#one(event))
      if (this.#isFull) return [...passed, ...this.#counted([...events, ...this.#reader.finish({ isCut: true })]), FULL]
    }
    return passed
  }

  #one(event: ReaderEvent): AnswerEvent[] {
    switch (event.kind) {
      case 'text':
        return this.#kept(this.#text.read(event.text.replace(CONTROLS, '')))
      case 'thinking': {
        const text = this.#thinking.read(event.text.replace(CONTROLS, ''))
        return text === '' ? [] : [{ kind: 'thinking', text }]
      }
      case 'retract':
        this.#text = new PieceRedactor(this.#key)
        this.#bytes = 0
        return [event]
      case 'usage':
        return [event]
      case 'end': {
        const rest = this.#kept(this.#text.rest())
        const detail = event.detail && this.#conceal(event.detail.replace(CONTROLS, ''))
        return this.#isFull ? rest : [...rest, { ...event, ...(detail !== undefined && { detail }) }]
      }
      case 'error': {
        const rest = this.#kept(this.#text.rest())
        return this.#isFull ? rest : [...rest, { kind: 'error', failure: wordedFailure(event.told, this.#conceal) }]
      }
      default:
        return event satisfies never
    }
  }

  #kept(text: string): AnswerEvent[] {
    const kept = beginningOfBytes(text, ANSWER_BYTES - this.#bytes)
    this.#bytes += Buffer.byteLength(kept)
    this.#isFull = kept.length < text.length
    const events: AnswerEvent[] = []
    for (let rest = kept; rest !== ''; ) {
      const piece = beginning(rest, PIECE_CHARACTERS)
      events.push({ kind: 'text', text: piece })
      rest = rest.slice(piece.length)
    }
    return events
  }

  /** What the answer has used, as far as the provider has told. */
  #counted(events: readonly ReaderEvent[]): AnswerEvent[] {
    return events.flatMap(event => (event.kind === 'usage' ? [event] : [])).slice(-1)
  }
}

/** As much of a text as so many bytes of UTF-8 hold. */
function beginningOfBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes))
  return text.slice(0, read)
}
