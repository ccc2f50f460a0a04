/** What Anthropic's errors mean. Source: the errors guide of the Messages API. */
import * as z from 'zod'
import { retryAfterOf } from '../../../shared/process/retry-after.ts'
import type { FailureCode, ToldFailure } from '../failure.ts'
import { type Heard, heardIn, quoteOf } from '../heard.ts'
import { meaningOf, type Names } from '../meaning.ts'
import type { FailedAnswer } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { codeOfStatus } from '../status.ts'

/** Where a limit of money is told, which the type calls a rate limit. */
const Limit = z.object({ error: z.object({ details: z.object({ error_code: z.string() }) }) })

const BY_TYPE: Names = {
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
export function toFailure(answer: FailedAnswer): ToldFailure {
  const heard = heardIn(answer.body)
  const retryAfterMs = retryAfterOf(answer.headers)
  const code = meaning(answer.body, heard, answer.status) ?? codeOfStatus(answer.status)
  return [
    code,
    {
      said: quoteOf(heard, answer.status),
      retryAfterMs,
      ...(code === 'rate_limited' && { retryable: retryAfterMs !== undefined }),
    },
  ]
}

/** The meaning of an `error` event, which comes without a status. */
export function toStreamFailure(data: string): ToldFailure {
  const heard = heardIn(data)
  return [meaning(data, heard) ?? 'server_error', { said: heard.said }]
}

function meaning(body: string, heard: Heard, status?: number): FailureCode | undefined {
  const limit = readJson(Limit, body)?.error.details.error_code
  return /spend_limit|billing/.test(limit ?? '') ? 'no_credit' : meaningOf(heard, BY_TYPE, status)
}

/** The meaning of an event that is no piece of an answer, such as a page or a bare sentence. */
export function unreadable(data: string): ToldFailure {
  const heard = heardIn(data)
  return [meaningOf(heard, BY_TYPE) ?? 'broken_answer', { said: heard.said }]
}
