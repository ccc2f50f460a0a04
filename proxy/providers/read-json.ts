/** The door through which a provider's JSON enters: parsed and checked, or undefined. Never throws. */
import type * as z from 'zod'

export function readJson<T>(schema: z.ZodType<T>, text: string): T | undefined {
  const value = parsedJson(text)
  const parsed = value === undefined ? undefined : schema.safeParse(value)
  return parsed?.success ? parsed.data : undefined
}

/** The value, still unchecked; undefined where the text is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
