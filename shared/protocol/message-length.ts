/** How long the text of a message may be. It stands apart from the schemas, which a page would have to load for it. */

/** Longest text of a message, in bytes of UTF-8. */
export const MESSAGE_BYTES = 64 * 1024

/** Longest answer of an API that the own proxy asks, in bytes of UTF-8: it crosses no other proxy. */
export const ANSWER_BYTES = 1024 * 1024

export const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length

/** As much of the beginning of a text as a message may have. */
export function beginningOf(text: string, most = MESSAGE_BYTES): string {
  if (text.length * 3 <= most) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most))
  return text.slice(0, read)
}
