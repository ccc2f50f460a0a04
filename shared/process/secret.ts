/** Values that must never be shown: opaque to logs, JSON and string conversion. */
import { inspect } from 'node:util'
import { SHORTEST_CODED, spellingsOf } from './spellings.ts'

/** A secret such as an API key. Everything but {@link Secret.reveal} shows at most its last four characters. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one line that sends it. */
  reveal(): string {
    return this.#value
  }

  get last4(): string {
    return this.#value.length < 12 ? '' : this.#value.slice(-4)
  }

  toString(): string {
    return `[secret …${this.last4}]`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

/** The text with every occurrence of the secrets' values replaced: for errors that others worded. */
export const redact = (text: string, secrets: Iterable<Secret>): string => redactor(secrets)(text)

/** {@link redact} for many texts: how the values may be spelled is found out once. */
export function redactor(secrets: Iterable<Secret>): (text: string) => string {
  const spelled = [...secrets].flatMap(secret => spellingsOf(secret.reveal()).map(spelling => ({ secret, spelling })))
  return text =>
    spelled.reduce(
      (clean, { secret, spelling }) =>
        clean.includes(spelling) ? clean.replaceAll(spelling, () => secret.toString()) : clean,
      text,
    )
}

/**
 * {@link redact} for a text that comes in pieces, however they part the secret: what could be the beginning of a spelling
 * waits for the next piece. A value of fewer than 8 characters is left alone here: it is a word such as `ollama`, and
 * whatever somebody writes about it would lose that word.
 */
export class PieceRedactor {
  readonly #secret: Secret | undefined
  readonly #redact: (text: string) => string
  readonly #spellings: readonly string[]
  readonly #begins: ReadonlySet<string>
  #held = ''

  constructor(secret: Secret | undefined) {
    this.#secret = secret !== undefined && secret.reveal().length >= SHORTEST_CODED ? secret : undefined
    this.#redact = redactor(this.#secret === undefined ? [] : [this.#secret])
    this.#spellings = this.#secret === undefined ? [] : spellingsOf(this.#secret.reveal())
    this.#begins = new Set(this.#spellings.map(spelling => spelling.charAt(0)))
  }

  /** @returns what of the text is ready */
  read(piece: string): string {
    if (this.#secret === undefined) return piece
    const clean = this.#redact(this.#held + piece)
    const at = this.#heldFrom(clean)
    this.#held = clean.slice(at)
    return clean.slice(0, at)
  }

  /** The rest, when no more comes. The larger part of a spelling is replaced as if it were all of it. */
  rest(): string {
    const held = this.#held
    this.#held = ''
    const isMost = this.#spellings.some(spelling => spelling.startsWith(held) && held.length * 2 > spelling.length)
    return isMost && this.#secret !== undefined ? this.#secret.toString() : held
  }

  /** Where the longest end of the text begins that a spelling begins with. */
  #heldFrom(text: string): number {
    const longest = this.#spellings[0]?.length ?? 0
    for (let at = Math.max(0, text.length - longest + 1); at < text.length; at++) {
      if (!this.#begins.has(text.charAt(at))) continue
      const end = text.slice(at)
      if (this.#spellings.some(spelling => spelling.startsWith(end))) return at
    }
    return text.length
  }
}
