/**
 * When a route that fails again and again is left alone, and when it is tried again. Values only: time is a parameter, in
 * milliseconds that only grow.
 */
import type { Failure } from './provider.ts'

/** Failures in a row after which a route is left alone. */
export const MOST_FAILURES = 5
/** The first pause; each further one is twice as long, up to the longest. */
export const FIRST_PAUSE_MS = 30_000
export const LONGEST_PAUSE_MS = 5 * 60_000
/** A provider may ask for more, but not for ever: a time that it got wrong must not silence a route for good. */
export const LONGEST_ASKED_PAUSE_MS = 24 * 60 * 60_000

/** What says that the provider is ill. Everything else says something about the question, the key or the route. */
const ILL: ReadonlySet<Failure['code']> = new Set(['unreachable', 'overloaded', 'server_error', 'timeout', 'truncated'])

const RESTS: ReadonlySet<Failure['code']> = new Set(['rate_limited', 'overloaded', 'server_error'])

/** `since` is the first failure of those in a row. */
type Series = { readonly since: number; readonly last: Failure['code'] }
/** What the provider asked for by itself: nobody calls it before. Once it is over, calls are made as ever. */
type Rest = Series & { readonly until: number }
export type Breaker =
  | { readonly kind: 'closed'; readonly failures: number; readonly series?: Series; readonly rest?: Rest }
  | {
      readonly kind: 'open'
      readonly series: Series
      readonly pauseMs: number
      readonly until: number
      readonly isProbed: boolean
    }

/** A `probe` is the one call that finds out whether the provider is well again. */
export type Role = 'call' | 'probe'
export type Refused = Series & { readonly until: number; readonly isProbed: boolean; readonly isAsked?: true }

/** What became of a call: it was answered, it failed, or it ended before anybody could tell. */
export type Verdict = 'answered' | 'untold' | Failure

export const CLOSED: Breaker = { kind: 'closed', failures: 0 }

/** Why a route is not asked now, or undefined when it may be. */
export function refusalOf(breaker: Breaker, now: number): Refused | undefined {
  if (breaker.kind === 'closed') {
    const { rest } = breaker
    return rest !== undefined && now < rest.until ? { ...rest, isProbed: false, isAsked: true } : undefined
  }
  if (now >= breaker.until && !breaker.isProbed) return undefined
  const { series, until, isProbed } = breaker
  return { ...series, until, isProbed }
}

/** A call that may be made: which one it is, and the breaker from then on. Only where nothing is refused. */
export function admitted(breaker: Breaker): { readonly role: Role; readonly breaker: Breaker } {
  return breaker.kind === 'closed'
    ? { role: 'call', breaker }
    : { role: 'probe', breaker: { ...breaker, isProbed: true } }
}

type Call = { readonly role: Role; readonly verdict: Verdict }

/**
 * The breaker once a call has ended. Calls that began before the pause say nothing about its end, but each may tell of a
 * time before which the provider wants no other.
 */
export function judged(breaker: Breaker, call: Call, now: number): Breaker {
  const after = counted(breaker, call, now)
  const earlier =
    breaker.kind === 'closed' && breaker.rest !== undefined && now < breaker.rest.until ? breaker.rest : undefined
  const asked = restOf(call.verdict, now) ?? earlier
  if (asked === undefined) return after
  const until = Math.max(asked.until, earlier?.until ?? 0)
  return after.kind === 'closed'
    ? { ...after, rest: { ...asked, until } }
    : { ...after, until: Math.max(after.until, until) }
}

/** A failure that asks to wait, where waiting is what helps. */
function restOf(verdict: Verdict, now: number): Rest | undefined {
  if (typeof verdict !== 'object' || !RESTS.has(verdict.code) || !verdict.retryAfterMs) return undefined
  return { since: now, last: verdict.code, until: now + Math.min(LONGEST_ASKED_PAUSE_MS, verdict.retryAfterMs) }
}

function counted(breaker: Breaker, { role, verdict }: Call, now: number): Breaker {
  const failure = typeof verdict === 'object' && ILL.has(verdict.code) ? verdict : undefined
  if (breaker.kind === 'open') {
    if (role === 'call') return breaker
    if (verdict === 'untold') return { ...breaker, isProbed: false }
    if (failure === undefined) return CLOSED
    const pauseMs = Math.min(LONGEST_PAUSE_MS, breaker.pauseMs * 2)
    return opened({ since: breaker.series.since, last: failure.code }, { pauseMs, now })
  }
  if (verdict === 'answered') return CLOSED
  if (failure === undefined) return breaker
  const failures = breaker.failures + 1
  const series = { since: breaker.series?.since ?? now, last: failure.code }
  return failures < MOST_FAILURES
    ? { kind: 'closed', failures, series }
    : opened(series, { pauseMs: FIRST_PAUSE_MS, now })
}

function opened(series: Series, { pauseMs, now }: { pauseMs: number; now: number }): Breaker {
  return { kind: 'open', series, pauseMs, until: now + pauseMs, isProbed: false }
}
