/** What Mistral's errors mean. They come in three shapes: `object: "error"`, `detail`, and a bare `message`. */
import * as z from 'zod'
import { retryAfterOf } from '../../../shared/process/retry-after.ts'
import { own } from '../../../shared/protocol/names.ts'
import type { FailureCode, FailureFacts } from '../failure.ts'
import { describeFailure } from '../failure.ts'
import type { FailedAnswer, Failure } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { codeOfStatus } from '../status.ts'

/** A refused field as FastAPI tells it. */
const Detail = z.object({ loc: z.array(z.union([z.string(), z.number()])).nullish(), msg: z.string() })
const Details = z.union([z.string(), z.array(Detail).min(1)])

/** Every shape, as one: what was said, and the type and code where there are any. */
const MistralError = z
  .union([
    z.object({ detail: Details }).transform(({ detail }) => ({ said: inWords(detail) })),
    z
      .object({ message: z.object({ detail: Details }) })
      .transform(({ message }) => ({ said: inWords(message.detail) })),
    z
      .object({ message: z.string(), type: z.string().nullish(), code: z.union([z.string(), z.number()]).nullish() })
      .transform(({ message, type, code }) => ({ said: message, type, code })),
  ])
  .transform(
    (error): { said: string; type?: string | null | undefined; code?: string | number | null | undefined } => error,
  )
type MistralError = z.infer<typeof MistralError>
/** Some servers in between wrap the error as OpenAI does. */
export const ErrorAnswer = z.union([MistralError, z.object({ error: MistralError }).transform(({ error }) => error)])

const BY_TYPE: Readonly<Record<string, FailureCode>> = {
  rate_limited: 'rate_limited',
  service_tier_capacity_exceeded: 'rate_limited',
  invalid_model: 'unknown_model',
}

/** A 429 is tried again only when it says when: without that it is often a quota of the month. */
export function toFailure(answer: FailedAnswer): Failure {
  const error = readJson(ErrorAnswer, answer.body)
  const retryAfterMs = retryAfterOf(answer.headers)
  const code = named(error) ?? codeOfStatus(answer.status)
  return describeFailure(code, {
    said: error?.said ?? `status ${answer.status}`,
    retryAfterMs,
    ...(code === 'rate_limited' && { retryable: retryAfterMs !== undefined }),
  })
}

/** The meaning of an error frame within a stream. */
export function toStreamFailure(error: MistralError): [FailureCode, FailureFacts] {
  return [named(error) ?? 'server_error', { said: error.said }]
}

function named(error: MistralError | undefined): FailureCode | undefined {
  if (error === undefined) return undefined
  if (/too large for model|maximum context length/i.test(error.said)) return 'too_long'
  return own(BY_TYPE, error.type ?? '')
}

function inWords(detail: z.infer<typeof Details>): string {
  if (typeof detail === 'string') return detail
  return detail
    .map(({ loc, msg }) => [(loc ?? []).filter(part => part !== 'body').join('.'), msg].filter(Boolean).join(': '))
    .join('; ')
}
