/** What OpenAI's errors mean. Source: the error code guide; compatible servers follow it more or less. */
import * as z from 'zod'
import { retryAfterOf } from '../../../shared/process/retry-after.ts'
import type { FailureCode, FailureFacts } from '../failure.ts'
import { describeFailure } from '../failure.ts'
import type { FailedAnswer, Failure } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { codeOfStatus } from '../status.ts'

/** Some compatible servers send the error as a bare text, or the code as a number. */
export const OpenAiError = z.union([
  z.object({
    message: z.string().nullish(),
    type: z.string().nullish(),
    code: z.union([z.string(), z.number()]).nullish(),
  }),
  z.string().transform(message => ({ message, type: undefined, code: undefined })),
])
type OpenAiError = z.infer<typeof OpenAiError>

const ErrorAnswer = z.object({ error: OpenAiError })

const BY_CODE: Readonly<Record<string, FailureCode>> = {
  invalid_api_key: 'wrong_key',
  insufficient_quota: 'no_credit',
  billing_hard_limit_reached: 'no_credit',
  rate_limit_exceeded: 'rate_limited',
  slow_down: 'rate_limited',
  context_length_exceeded: 'too_long',
  string_above_max_length: 'too_long',
  content_filter: 'refused',
  content_policy_violation: 'refused',
  model_not_found: 'unknown_model',
  server_error: 'server_error',
}

export function toFailure(answer: FailedAnswer): Failure {
  const error = readJson(ErrorAnswer, answer.body)?.error
  return describeFailure(named(error) ?? codeOfStatus(answer.status), {
    said: error?.message ?? `status ${answer.status}`,
    retryAfterMs: retryAfterOf(answer.headers),
  })
}

/** The meaning of an error that comes within a stream, without a status. */
export function toStreamFailure(error: OpenAiError): [FailureCode, FailureFacts] {
  return [named(error) ?? 'server_error', { said: error.message ?? undefined }]
}

function named(error: OpenAiError | undefined): FailureCode | undefined {
  return BY_CODE[String(error?.code)] ?? BY_CODE[String(error?.type)]
}
