/** JSON from outside, which may be none. */

/** The value that a text says, or undefined when it is no JSON. */
export function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
