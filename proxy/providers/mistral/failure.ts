/** What Mistral's errors mean. They come in three shapes: `object: "error"`, `detail`, and a bare `message`. */
import { retryAfterOf } from '../../../shared/process/retry-after.ts'
import type { ToldFailure } from '../failure.ts'
import { heardIn, quoteOf } from '../heard.ts'
import { meaningOf, type Names } from '../meaning.ts'
import type { FailedAnswer } from '../provider.ts'
import { codeOfStatus } from '../status.ts'

const BY_TYPE: Names = {
  rate_limited: 'rate_limited',
  service_tier_capacity_exceeded: 'rate_limited',
  invalid_model: 'unknown_model',
}

/** A 429 is tried again only when it says when: without that it is often a quota of the month. */
export function toFailure(answer: FailedAnswer): ToldFailure {
  const heard = heardIn(answer.body)
  const retryAfterMs = retryAfterOf(answer.headers)
  const code = meaningOf(heard, BY_TYPE, answer.status) ?? codeOfStatus(answer.status)
  return [
    code,
    {
      said: quoteOf(heard, answer.status),
      retryAfterMs,
      ...(code === 'rate_limited' && { retryable: retryAfterMs !== undefined }),
    },
  ]
}

/** The meaning of an error frame within a stream. */
export function toStreamFailure(data: string): ToldFailure {
  const heard = heardIn(data)
  return [meaningOf(heard, BY_TYPE) ?? 'server_error', { said: heard.said }]
}

/** The meaning of an event that is no piece of an answer, such as a page or a bare sentence. */
export function unreadable(data: string): ToldFailure {
  const heard = heardIn(data)
  return [meaningOf(heard, BY_TYPE) ?? 'broken_answer', { said: heard.said }]
}
