/** How long a provider asks to be left alone, in whichever of the many ways it says so. */
import * as z from 'zod'
import { type AnswerHeaders, headerOf, retryAfterOf } from '../../shared/process/retry-after.ts'
import { readJson } from './read-json.ts'

const Details = z
  .array(z.object({ retryDelay: z.string().nullish() }))
  .nullish()
  .catch(undefined)
const Headers = z.record(z.string(), z.union([z.string(), z.number()]))
const ErrorBody = z.object({
  error: z.object({
    message: z.string().nullish().catch(undefined),
    details: Details,
    metadata: z
      .object({ headers: Headers.nullish().catch(undefined) })
      .nullish()
      .catch(undefined),
  }),
})
const Body = z.union([ErrorBody, z.tuple([ErrorBody], z.unknown()).transform(([first]) => first)])

type Refusal = { readonly status: number; readonly headers: AnswerHeaders; readonly body: string }

/**
 * Milliseconds from the headers `retry-after-ms` and `retry-after`, else Gemini's `RetryInfo`. A refusal for too many
 * requests may say it by a limit that is used up as well (`x-ratelimit-reset` and its like, also where OpenRouter repeats
 * headers in the body), or in its words alone. Undefined where nothing can be read.
 * @param now milliseconds since 1970, for times that are not told as a span
 */
export function askedWaitOf({ status, headers, body }: Refusal, now: number): number | undefined {
  const error = readJson(Body, body)?.error
  const asked = retryAfterOf(headers, now) ?? first(error?.details, ({ retryDelay }) => spanOf(retryDelay ?? ''))
  if (asked !== undefined || status !== 429) return asked
  const inBody = Object.entries(error?.metadata?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), `${value}`])
  const words = /(?:try|retry)(?: again)? (?:in|after) ([\d.]+ ?[a-z]+(?:[\d.]+[a-z]+)*)/i.exec(
    error?.message ?? '',
  )?.[1]
  return resetOf(headers, now) ?? resetOf(Object.fromEntries(inBody), now) ?? spanOf(words ?? '')
}

/** Of the limits that are used up, the one that is so for longest. */
function resetOf(headers: AnswerHeaders, now: number): number | undefined {
  const waits = Object.keys(headers).flatMap(name => {
    if (!/^(x-|anthropic-)?rate-?limit.*reset/.test(name)) return []
    const remaining = headerOf(headers, name.replace('reset', 'remaining'))
    const isUsedUp = remaining === undefined ? /limit-reset$/.test(name) : Number(remaining) <= 0
    const wait = isUsedUp ? resetWait(headerOf(headers, name) ?? '', now) : undefined
    return wait === undefined ? [] : [wait]
  })
  return waits.length === 0 ? undefined : Math.max(...waits)
}

/** A number is a span in seconds, or a time since 1970 in seconds or milliseconds, whichever its size allows. */
function resetWait(value: string, now: number): number | undefined {
  if (!/^\s*\d+(\.\d+)?\s*$/.test(value)) {
    const until = Date.parse(value)
    return spanOf(value) ?? (Number.isNaN(until) ? undefined : Math.max(0, until - now))
  }
  const number = Number(value)
  if (number > 1e11) return Math.max(0, number - now)
  return number > 1e9 ? Math.max(0, number * 1000 - now) : Math.ceil(number * 1000)
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Longest text that is read as a span, in characters. */
const LONGEST_SPAN = 100

/** Such as `34.4s`, `6m0s`, `120ms` or `20 seconds`. */
function spanOf(text: string): number | undefined {
  if (text.length > LONGEST_SPAN) return undefined
  const short = text
    .trim()
    .toLowerCase()
    .replace(/ *(second|minute|hour|day)s?/, (_, unit: string) => unit.charAt(0))
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(short)) return undefined
  const parts = [...short.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
  return Math.ceil(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0))
}

function first<T, R>(items: readonly T[] | null | undefined, read: (item: T) => R | undefined): R | undefined {
  for (const item of items ?? []) {
    const found = read(item)
    if (found !== undefined) return found
  }
  return undefined
}
