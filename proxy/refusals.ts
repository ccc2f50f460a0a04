/** In words: why a route is not asked at all, why another one answers instead, and why none did. */
import type { Refused } from './providers/breaker.ts'
import { inWords } from './providers/failure.ts'
import type { Failure } from './providers/provider.ts'

/** What a route that failed did, to be read behind its name. */
const DID: Readonly<Record<Failure['code'], string>> = {
  wrong_key: 'has no valid API key',
  no_credit: 'has no credit left',
  rate_limited: 'was asked too often',
  overloaded: 'was overloaded',
  refused: 'refused the content',
  too_long: 'found the conversation too long',
  unknown_model: 'does not know its model',
  bad_request: 'refused the request',
  unreachable: 'could not be reached',
  timeout: 'took too long',
  truncated: 'broke the connection off',
  broken_answer: 'gave an answer that could not be read',
  server_error: 'had an error of its own',
  busy: 'was busy',
  paused: 'has been failing and was not asked',
  not_allowed: 'points where its key may not be sent',
}

export type FailedRoute = { readonly name: string; readonly failure: Failure }

/** Such as "GPT was overloaded". */
export const reasonOf = ({ name, failure }: FailedRoute): string => `${name} ${DID[failure.code]}`

export function busy(name: string, { running, waiting }: { running: number; waiting: number }): Failure {
  const written = running === 1 ? '1 answer is being written' : `${running} answers are being written`
  const wait = waiting === 1 ? '1 question waits' : `${waiting} questions wait`
  return { code: 'busy', message: `${name} is busy: ${written} and ${wait}. Try again in a moment.`, retryable: true }
}

export function paused(name: string, { since, until, last, isProbed, isAsked }: Refused, now: number): Failure {
  if (isAsked) {
    const message = `${name} is not asked now: it ${DID[last]}, and wants to be left alone. Try again in ${inWords(until - now)}.`
    return { code: 'paused', message, retryable: true, retryAfterMs: Math.max(0, until - now) }
  }
  const next = isProbed ? 'It is being tried at this moment' : `It is tried again in ${inWords(until - now)}`
  const message = `${name} has been failing for ${inWords(now - since)} and is not asked now: the last time it ${DID[last]}. ${next}.`
  return { code: 'paused', message, retryable: true, retryAfterMs: Math.max(0, until - now) }
}

/** The failure of the route that was asked, with half a sentence for those that were asked instead. */
export function together([first, ...others]: readonly [FailedRoute, ...FailedRoute[]]): Failure {
  if (others.length === 0) return first.failure
  const rest = others.map(reasonOf).join(', ')
  return { ...first.failure, message: `${first.failure.message} Nor did another answer instead: ${rest}.` }
}
