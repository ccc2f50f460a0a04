/** What Anthropic's errors mean. Source: the errors guide of the Messages API. */
import * as z from 'zod'
import { retryAfterOf } from '../../../shared/process/retry-after.ts'
import { own } from '../../../shared/protocol/names.ts'
import type { FailureCode, FailureFacts } from '../failure.ts'
import { describeFailure } from '../failure.ts'
import type { FailedAnswer, Failure } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { codeOfStatus } from '../status.ts'

export const AnthropicError = z.object({
  type: z.string().nullish(),
  message: z.string().nullish(),
  details: z.object({ error_code: z.string().nullish() }).nullish().catch(undefined),
})
type AnthropicError = z.infer<typeof AnthropicError>

const ErrorAnswer = z.object({ error: AnthropicError })

const BY_TYPE: Readonly<Record<string, FailureCode>> = {
  authentication_error: 'wrong_key',
  permission_error: 'wrong_key',
  billing_error: 'no_credit',
  not_found_error: 'unknown_model',
  request_too_large: 'too_long',
  rate_limit_error: 'rate_limited',
  timeout_error: 'timeout',
  api_error: 'server_error',
  overloaded_error: 'overloaded',
}

/** A rate limit says when to come back; a 429 that does not, such as a spend limit, stays until somebody acts. */
export function toFailure(answer: FailedAnswer): Failure {
  const error = readJson(ErrorAnswer, answer.body)?.error
  const retryAfterMs = retryAfterOf(answer.headers)
  const code = named(error) ?? codeOfStatus(answer.status)
  return describeFailure(code, {
    said: error?.message ?? `status ${answer.status}`,
    retryAfterMs,
    ...(code === 'rate_limited' && { retryable: retryAfterMs !== undefined }),
  })
}

/** The meaning of an `error` event, which comes without a status. */
export function toStreamFailure(error: AnthropicError | null | undefined): [FailureCode, FailureFacts] {
  return [named(error) ?? 'server_error', { said: error?.message ?? undefined }]
}

function named(error: AnthropicError | null | undefined): FailureCode | undefined {
  if (error == null) return undefined
  const message = error.message ?? ''
  if (/spend_limit|billing/.test(error.details?.error_code ?? '') || /credit balance is too low/i.test(message))
    return 'no_credit'
  if (/prompt is too long|exceed context limit/i.test(message)) return 'too_long'
  return own(BY_TYPE, error.type ?? '')
}
