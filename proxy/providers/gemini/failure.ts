/** What Gemini's errors mean. Source: the troubleshooting guide, and `google.rpc.Status` with its details. */
import * as z from 'zod'
import { retryAfterOf } from '../../../shared/process/retry-after.ts'
import { own } from '../../../shared/protocol/names.ts'
import type { FailureCode, FailureFacts } from '../failure.ts'
import { describeFailure } from '../failure.ts'
import type { FailedAnswer, Failure } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { codeOfStatus } from '../status.ts'

const Detail = z.object({
  reason: z.string().nullish(),
  retryDelay: z.string().nullish(),
  violations: z.array(z.object({ quotaId: z.string().nullish(), quotaValue: z.string().nullish() })).nullish(),
})
export const GeminiError = z.object({
  code: z.number().nullish(),
  status: z.string().nullish(),
  message: z.string().nullish(),
  details: z.array(Detail).nullish().catch(undefined),
})
type GeminiError = z.infer<typeof GeminiError>

/** Without `alt=sse` the API wraps an error in a list; servers in between may too. */
const ErrorAnswer = z.union([
  z.object({ error: GeminiError }),
  z.tuple([z.object({ error: GeminiError })], z.unknown()).transform(([first]) => first),
])

const BY_STATUS: Readonly<Record<string, FailureCode>> = {
  UNAUTHENTICATED: 'wrong_key',
  PERMISSION_DENIED: 'wrong_key',
  NOT_FOUND: 'unknown_model',
  RESOURCE_EXHAUSTED: 'rate_limited',
  INTERNAL: 'server_error',
  UNAVAILABLE: 'overloaded',
  DEADLINE_EXCEEDED: 'timeout',
}

export function toFailure(answer: FailedAnswer): Failure {
  const error = readJson(ErrorAnswer, answer.body)?.error
  if (error === undefined)
    return describeFailure(codeOfStatus(answer.status), {
      said: `status ${answer.status}`,
      retryAfterMs: retryAfterOf(answer.headers),
    })
  const retryAfterMs = retryDelayOf(error) ?? retryAfterOf(answer.headers)
  return describeFailure(named(error) ?? codeOfStatus(answer.status), {
    said: error.message ?? undefined,
    retryAfterMs,
  })
}

/** The meaning of an error frame within a stream. */
export function toStreamFailure(error: GeminiError): [FailureCode, FailureFacts] {
  const code = named(error) ?? codeOfStatus(error.code ?? 500)
  return [code, { said: error.message ?? undefined, retryAfterMs: retryDelayOf(error) }]
}

const isSpent = (quotaId = '', quotaValue = ''): boolean => /PerDay/.test(quotaId) || quotaValue === '0'

/** A quota of the day, or one of nothing, does not come back while somebody waits; a quota of the minute does. */
function named(error: GeminiError): FailureCode | undefined {
  const details = error.details ?? []
  if (details.some(({ reason }) => reason === 'API_KEY_INVALID')) return 'wrong_key'
  if (details.some(({ violations }) => violations?.some(of => isSpent(of.quotaId ?? '', of.quotaValue ?? ''))))
    return 'no_credit'
  if (/prepayment credits|spending cap/i.test(error.message ?? '')) return 'no_credit'
  if (/exceeds the maximum number of tokens/i.test(error.message ?? '')) return 'too_long'
  return own(BY_STATUS, error.status ?? '')
}

/** `RetryInfo.retryDelay` such as "34.4s", in milliseconds. */
function retryDelayOf({ details }: GeminiError): number | undefined {
  for (const { retryDelay } of details ?? []) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(retryDelay ?? '')?.[1]
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000)
  }
  return undefined
}
