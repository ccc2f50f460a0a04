/** The door through which a provider's JSON enters: parsed and checked, or undefined. Never throws. */
import type * as z from 'zod'

export function readJson<T>(schema: z.ZodType<T>, text: string): T | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}
