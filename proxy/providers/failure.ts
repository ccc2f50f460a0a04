/** The wording of failures: what is so, and what a person can do about it. */
import type { Failure } from './provider.ts'
import { beginning, wellFormed } from './well-formed.ts'

/** Of a call that was made; those of one that was not are worded where that is decided. */
export type FailureCode = Exclude<Failure['code'], 'busy' | 'paused' | 'not_allowed'>

/** `said` is the provider's own sentence, quoted unless it shows parts of a key. */
export type FailureFacts = {
  readonly said?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly retryable?: boolean
}

/** A failure that is not worded yet. */
export type ToldFailure = readonly [code: FailureCode, facts: FailureFacts]

const QUOTED_CHARACTERS = 300

/** Longest wait that is told, in milliseconds: a provider may ask for any. */
const LONGEST_TOLD_WAIT_MS = 365 * 86_400_000

/** OpenAI's "Incorrect API key provided: sk-proj-****wxyz" shows more of the key than may be seen. */
const MASKED_KEY = /\*{3}/

/** What looks like somebody's key, such as that of the gateway that was asked: the own one is taken out before. */
const ANY_KEY =
  /\b(?:sk|pk|xai|gsk|pplx|hf|nvapi|tgp|fw|key|AIza)[-_]?(?=[\w-]*\d)[\w-]{16,}|(?<=Bearer )[\w.~+/-]{8,}/g

const RETRYABLE: ReadonlySet<FailureCode> = new Set([
  'rate_limited',
  'overloaded',
  'unreachable',
  'timeout',
  'truncated',
  'server_error',
])

/** A failure in words. Whether a retry can help follows from the code unless the facts say otherwise. */
export function describeFailure(code: FailureCode, facts: FailureFacts = {}): Failure {
  const retryAfterMs = facts.retryAfterMs && Math.min(LONGEST_TOLD_WAIT_MS, facts.retryAfterMs)
  return {
    code,
    message: sentence(code, { ...facts, retryAfterMs }),
    retryable: facts.retryable ?? RETRYABLE.has(code),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** {@link describeFailure} of what a provider told. @param conceal takes the key out of what is quoted */
export const wordedFailure = ([code, facts]: ToldFailure, conceal: (text: string) => string): Failure =>
  describeFailure(code, { ...facts, ...(facts.said !== undefined && { said: conceal(facts.said) }) })

function sentence(code: FailureCode, facts: FailureFacts): string {
  const quote = quoted(facts.said)
  switch (code) {
    case 'wrong_key':
      return `The API key is missing, not valid or not allowed to do this${quote}. Put a valid key on the dashboard.`
    case 'no_credit':
      return `The credit or quota of this API key is used up${quote}. Add credit or raise the limit in the provider's console.`
    case 'rate_limited':
      if (facts.retryable === false)
        return `A limit of this API key is reached, and the provider does not say for how long${quote}. Look at the limits in its console, or try again later.`
      return `Too many requests in a short time${quote}. Try again ${when(facts.retryAfterMs)}.`
    case 'overloaded':
      return `The provider is overloaded${quote}. Try again ${when(facts.retryAfterMs)}.`
    case 'refused':
      return `The provider refused the content${quote}. Word the question differently.`
    case 'too_long':
      return `The conversation is too long for this model${quote}. Send /reset to begin anew, or ask something shorter.`
    case 'unknown_model':
      return `The model or the address is not known, or this key may not use it${quote}. Check the route on the dashboard.`
    case 'bad_request':
      return `The provider refused the request${quote}. Check the route on the dashboard.`
    case 'unreachable':
      return `The provider cannot be reached${quote}. Check the network and the address of the route.`
    case 'timeout':
      return `The provider took too long${quote}. Try again, or raise the timeout of the route.`
    case 'truncated':
      return `The connection broke${quote}. Try again.`
    case 'broken_answer':
      return `The answer could not be read${quote}. Check that the address of the route belongs to an API of this kind.`
    case 'server_error':
      return `The provider had an error of its own${quote}. Try again in a moment.`
    default:
      return code satisfies never
  }
}

function quoted(said: string | undefined): string {
  if (said === undefined || said.trim() === '' || MASKED_KEY.test(said)) return ''
  const text = wellFormed(said).trim().replace(/\s+/g, ' ').replace(ANY_KEY, '[key]').replace(/\.$/, '')
  return ` (${text.length > QUOTED_CHARACTERS ? `${beginning(text, QUOTED_CHARACTERS)}…` : text})`
}

const when = (retryAfterMs: number | undefined): string =>
  retryAfterMs === undefined ? 'in a moment' : `in ${inWords(retryAfterMs)}`

/** A span such as "90 s", "5 minutes", "2 hours" or "3 days", never shorter than it is. */
export function inWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 120 * 60) return `${Math.ceil(seconds / 60)} minutes`
  return seconds < 48 * 3600 ? `${Math.ceil(seconds / 3600)} hours` : `${Math.ceil(seconds / 86_400)} days`
}
