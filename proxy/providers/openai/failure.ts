/** What OpenAI's errors mean. Source: the error code guide; compatible servers follow it more or less. */
import { retryAfterOf } from '../../../shared/process/retry-after.ts'
import type { ToldFailure } from '../failure.ts'
import { heardIn, quoteOf } from '../heard.ts'
import { meaningOf } from '../meaning.ts'
import type { FailedAnswer } from '../provider.ts'
import { codeOfStatus } from '../status.ts'

export function toFailure(answer: FailedAnswer): ToldFailure {
  const heard = heardIn(answer.body)
  return [
    meaningOf(heard, {}, answer.status) ?? codeOfStatus(answer.status),
    {
      said: quoteOf(heard, answer.status),
      retryAfterMs: retryAfterOf(answer.headers),
    },
  ]
}

/** The meaning of an error that comes within a stream, where a number for a code is the status it would have had. */
export function toStreamFailure(data: string): ToldFailure {
  const heard = heardIn(data)
  return [meaningOf(heard, {}) ?? 'server_error', { said: heard.said }]
}

/** The meaning of an event that is no piece of an answer, such as a page or a bare sentence. */
export function unreadable(data: string): ToldFailure {
  const heard = heardIn(data)
  return [meaningOf(heard, {}) ?? 'broken_answer', { said: heard.said }]
}
