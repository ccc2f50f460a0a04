/** What Gemini's errors mean. Source: the troubleshooting guide, and `google.rpc.Status` with its details. */
import * as z from 'zod'
import { retryAfterOf } from '../../../shared/process/retry-after.ts'
import type { FailureCode, ToldFailure } from '../failure.ts'
import { type Heard, heardIn, quoteOf } from '../heard.ts'
import { meaningOf, type Names } from '../meaning.ts'
import type { FailedAnswer } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { codeOfStatus } from '../status.ts'

const Detail = z.object({
  reason: z.string().nullish(),
  retryDelay: z.string().nullish(),
  violations: z.array(z.object({ quotaId: z.string().nullish(), quotaValue: z.string().nullish() })).nullish(),
})
type Detail = z.infer<typeof Detail>
const Details = z.object({ error: z.object({ details: z.array(Detail) }) })
/** Without `alt=sse` the API wraps an error in a list; servers in between may too. */
const ErrorAnswer = z.union([Details, z.tuple([Details], z.unknown()).transform(([first]) => first)])

const BY_STATUS: Names = {
  UNAUTHENTICATED: 'wrong_key',
  PERMISSION_DENIED: 'wrong_key',
  NOT_FOUND: 'unknown_model',
  RESOURCE_EXHAUSTED: 'rate_limited',
  INTERNAL: 'server_error',
  UNAVAILABLE: 'overloaded',
  DEADLINE_EXCEEDED: 'timeout',
}

export function toFailure({ body, status, headers }: FailedAnswer): ToldFailure {
  const heard = heardIn(body)
  const details = detailsIn(body)
  return [
    meaning(heard, details, status) ?? codeOfStatus(status),
    {
      said: quoteOf(heard, status),
      retryAfterMs: retryDelayOf(details) ?? retryAfterOf(headers),
    },
  ]
}

/** The meaning of an error frame within a stream. */
export function toStreamFailure(data: string): ToldFailure {
  const heard = heardIn(data)
  const details = detailsIn(data)
  return [meaning(heard, details) ?? 'server_error', { said: heard.said, retryAfterMs: retryDelayOf(details) }]
}

const detailsIn = (body: string): readonly Detail[] => readJson(ErrorAnswer, body)?.error.details ?? []

const isSpent = (quotaId = '', quotaValue = ''): boolean => /PerDay/.test(quotaId) || quotaValue === '0'

/** A quota of the day, or one of nothing, does not come back while somebody waits; a quota of the minute does. */
function meaning(heard: Heard, details: readonly Detail[], status?: number): FailureCode | undefined {
  if (details.some(({ reason }) => reason === 'API_KEY_INVALID')) return 'wrong_key'
  if (details.some(({ violations }) => violations?.some(of => isSpent(of.quotaId ?? '', of.quotaValue ?? ''))))
    return 'no_credit'
  return meaningOf(heard, BY_STATUS, status)
}

/** `RetryInfo.retryDelay` such as "34.4s", in milliseconds. */
function retryDelayOf(details: readonly Detail[]): number | undefined {
  for (const { retryDelay } of details) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(retryDelay ?? '')?.[1]
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000)
  }
  return undefined
}

/** The meaning of an event that is no piece of an answer, such as a page or a bare sentence. */
export function unreadable(data: string): ToldFailure {
  const heard = heardIn(data)
  return [meaningOf(heard, BY_STATUS) ?? 'broken_answer', { said: heard.said }]
}
