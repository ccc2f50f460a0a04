/** Values that must never be shown: opaque to logs, JSON and string conversion. */
import { inspect } from 'node:util'

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

/** As it is, in a URL, in JSON, and as servers in between write what they were sent: in base64, padded or not, and hexadecimal. */
function spellingsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  const coded = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')]
  const all = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...coded]
  return [...new Set(all)].filter(spelling => spelling !== '')
}
