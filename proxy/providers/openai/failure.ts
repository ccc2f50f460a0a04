/** What OpenAI's errors mean. Source: the error code guide; compatible servers follow it more or less. */
import * as z from 'zod'
import { retryAfterOf } from '../../../shared/process/retry-after.ts'
import { own } from '../../../shared/protocol/names.ts'
import type { FailureCode, FailureFacts } from '../failure.ts'
import { describeFailure } from '../failure.ts'
import type { FailedAnswer, Failure } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { codeOfStatus } from '../status.ts'

const Fields = z.object({
  message: z.string().nullish(),
  type: z.string().nullish(),
  code: z.union([z.string(), z.number()]).nullish(),
})
const bareText = (message: string): OpenAiError => ({ message })

/** Some compatible servers send the error as a bare text, or the code as a number. */
export const OpenAiError = z.union([Fields, z.string().transform(bareText)])
export type OpenAiError = z.infer<typeof Fields>

/** OpenAI wraps an error; older vLLM sends it bare, FastAPI and what is built on it as `detail`. */
export const ErrorAnswer = z.union([
  z.object({ error: OpenAiError }).transform(({ error }) => error),
  Fields.extend({ message: z.string() }),
  z.object({ detail: z.string() }).transform(({ detail }) => bareText(detail)),
])

const BY_CODE: Readonly<Record<string, FailureCode>> = {
  invalid_api_key: 'wrong_key',
  insufficient_quota: 'no_credit',
  billing_hard_limit_reached: 'no_credit',
  billing_not_active: 'no_credit',
  rate_limit_exceeded: 'rate_limited',
  slow_down: 'rate_limited',
  context_length_exceeded: 'too_long',
  string_above_max_length: 'too_long',
  content_filter: 'refused',
  content_policy_violation: 'refused',
  invalid_prompt: 'refused',
  model_not_found: 'unknown_model',
  unsupported_country_region_territory: 'bad_request',
}

export function toFailure(answer: FailedAnswer): Failure {
  const error = readJson(ErrorAnswer, answer.body)
  return describeFailure(named(error) ?? codeOfStatus(answer.status), {
    said: error?.message ?? `status ${answer.status}`,
    retryAfterMs: retryAfterOf(answer.headers),
  })
}

/** The meaning of an error that comes within a stream, where a number for a code is the status it would have had. */
export function toStreamFailure(error: OpenAiError): [FailureCode, FailureFacts] {
  const status = Number(error.code ?? 500)
  const code = named(error) ?? (status >= 400 ? codeOfStatus(status) : 'server_error')
  return [code, { said: error.message ?? undefined }]
}

/** One question that is larger than what a whole minute allows is called a rate limit, but waiting does not help it. */
function named(error: OpenAiError | undefined): FailureCode | undefined {
  if (/^Request too large|maximum context length/i.test(error?.message ?? '')) return 'too_long'
  return own(BY_CODE, String(error?.code)) ?? own(BY_CODE, String(error?.type))
}
