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
export function redact(text: string, secrets: Iterable<Secret>): string {
  let clean = text
  for (const secret of secrets) {
    const value = secret.reveal()
    for (const spelling of new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]))
      if (spelling !== '') clean = clean.replaceAll(spelling, () => secret.toString())
  }
  return clean
}
