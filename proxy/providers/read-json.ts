/** The door through which a provider's JSON enters: bounded, parsed and checked, or undefined. Never throws. */
import type * as z from 'zod'
import { safeParse } from '../../shared/protocol/errors.ts'

/** What is read of any piece of JSON: the answers of the four APIs are 8 deep at most, with some hundred values. */
export type JsonBounds = { readonly depth: number; readonly values: number }
const BOUNDS: JsonBounds = { depth: 64, values: 20_000 }

export function readJson<T>(schema: z.ZodType<T>, text: string): T | undefined {
  const value = parsedJson(text)
  const parsed = value === undefined ? undefined : safeParse(schema, value)
  return parsed?.success ? parsed.data : undefined
}

/** The value, still unchecked; undefined where the text is no JSON, or nests deeper or holds more values than the bounds allow. */
export function parsedJson(text: string, bounds = BOUNDS): unknown {
  if (!isWithin(text, bounds)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Read without parsing: a value takes two characters there, and a hundred bytes once it is parsed. */
function isWithin(text: string, { depth, values }: JsonBounds): boolean {
  // Each sign below opens or parts values: a text that is no longer cannot hold more.
  if (text.length <= depth) return true
  let deep = 0
  let count = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at)
        break
      case 0x5b: // [
      case 0x7b: // {
        deep++
        count++
        break
      case 0x5d: // ]
      case 0x7d: // }
        deep--
        break
      case 0x2c: // ,
        count++
        break
    }
    if (deep > depth || count > values) return false
  }
  return true
}

/** Where the string that begins at a quotation mark ends: at the next one that no backslash precedes. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const quote = text.indexOf('"', at)
    if (quote === -1) return text.length
    let backslashes = 0
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return quote
    at = quote
  }
}
