import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  admitted,
  type Breaker,
  CLOSED,
  FIRST_PAUSE_MS,
  judged,
  LONGEST_ASKED_PAUSE_MS,
  LONGEST_PAUSE_MS,
  MOST_FAILURES,
  type Role,
  refusalOf,
  type Verdict,
} from './breaker.ts'
import type { Failure } from './provider.ts'

const failure = (code: Failure['code'], retryAfterMs?: number): Failure => ({
  code,
  message: 'It failed.',
  retryable: true,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})
const ILL = ['unreachable', 'overloaded', 'server_error', 'timeout', 'truncated'] as const
const OTHERS = [
  'wrong_key',
  'no_credit',
  'rate_limited',
  'refused',
  'too_long',
  'unknown_model',
  'bad_request',
] as const

/** A breaker after these verdicts on calls, one at each millisecond. */
const having = (...verdicts: Verdict[]): Breaker =>
  verdicts.reduce<Breaker>((breaker, verdict, now) => judged(breaker, { role: 'call', verdict }, now), CLOSED)
const ill = (count: number, retryAfterMs?: number): Failure[] =>
  Array.from({ length: count }, () => failure('overloaded', retryAfterMs))

describe('a breaker', () => {
  test.each(ILL)('opens after five failures in a row that are %s', code => {
    const four = having(...Array.from({ length: 4 }, () => failure(code)))
    expect(refusalOf(four, 4)).toBeUndefined()
    const five = judged(four, { role: 'call', verdict: failure(code) }, 4)
    expect(refusalOf(five, 5)).toEqual({ since: 0, last: code, until: 4 + FIRST_PAUSE_MS, isProbed: false })
  })

  test.each(OTHERS)('does not count %s, which says nothing of the provider', code => {
    expect(having(...ill(4), ...Array.from({ length: 20 }, () => failure(code)))).toEqual(having(...ill(4)))
  })

  test('counts from the start after an answer', () => {
    expect(refusalOf(having(...ill(4), 'answered', ...ill(4)), 9)).toBeUndefined()
  })

  test('admits one probe after the pause, and closes when that is answered', () => {
    const open = having(...ill(5))
    const due = 4 + FIRST_PAUSE_MS
    expect(refusalOf(open, due - 1)).toBeDefined()
    expect(refusalOf(open, due)).toBeUndefined()
    const { role, breaker } = admitted(open)
    expect(role).toBe('probe')
    expect(refusalOf(breaker, due)).toMatchObject({ isProbed: true })
    for (const verdict of ['answered', failure('wrong_key')] as const)
      expect(judged(breaker, { role, verdict }, due)).toEqual(CLOSED)
    expect(refusalOf(judged(breaker, { role, verdict: 'untold' }, due), due)).toBeUndefined()
  })

  test('doubles its pause with every probe that fails, up to five minutes', () => {
    let breaker = having(...ill(5))
    let now = 4
    const pauses: number[] = []
    for (let n = 0; n < 6; n += 1) {
      const until = refusalOf(breaker, now)?.until ?? 0
      pauses.push(until - now)
      now = until
      const probe = admitted(breaker)
      breaker = judged(probe.breaker, { role: probe.role, verdict: failure('timeout') }, now)
    }
    expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000])
    expect(refusalOf(breaker, now)?.since).toBe(0)
  })

  test('pauses for as long as the provider asked, within a day', () => {
    const pause = (retryAfterMs: number) => (refusalOf(having(...ill(5, retryAfterMs)), 4)?.until ?? 0) - 4
    expect([1_000, 90_000, 7_200_000, 864_000_000].map(pause)).toEqual([
      30_000,
      90_000,
      7_200_000,
      LONGEST_ASKED_PAUSE_MS,
    ])
  })
})

describe('a provider that asks to be left alone', () => {
  test.each(['rate_limited', 'overloaded', 'server_error'] as const)('is not asked before, after %s', code => {
    const rests = judged(CLOSED, { role: 'call', verdict: failure(code, 7_200_000) }, 5)
    expect(refusalOf(rests, 6)).toEqual({ since: 5, last: code, until: 7_200_005, isProbed: false, isAsked: true })
    expect(refusalOf(rests, 7_200_004)).toBeDefined()
    expect(refusalOf(rests, 7_200_005)).toBeUndefined()
    expect(admitted(rests).role).toBe('call')
  })

  test('is not asked before either when a call that ran already is answered, or asks for less', () => {
    const rests = judged(CLOSED, { role: 'call', verdict: failure('rate_limited', 90_000) }, 0)
    for (const verdict of ['answered', 'untold', failure('rate_limited', 1_000), failure('bad_request')] as const)
      expect(refusalOf(judged(rests, { role: 'call', verdict }, 10), 20)?.until).toBe(90_000)
    expect(judged(rests, { role: 'call', verdict: 'answered' }, 90_000)).toEqual(CLOSED)
  })

  test('is not asked before where waiting is what helps, and only there', () => {
    for (const code of ['no_credit', 'wrong_key', 'bad_request', 'refused'] as const)
      expect(refusalOf(judged(CLOSED, { role: 'call', verdict: failure(code, 90_000) }, 0), 1)).toBeUndefined()
  })
})

const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ILL).map(code => failure(code)) },
  fc.constantFrom(...OTHERS).map(code => failure(code)),
  fc.constantFrom('answered', 'untold'),
)
/** Wait so long; then somebody asks, or the oldest call that runs ends. */
const step = fc.record({
  wait: fc.oneof(fc.nat(1_000), fc.nat(400_000)),
  does: fc.oneof(fc.constant('ask' as const), verdict),
})

/** As `expect`, which would take most of the time of a test of a hundred thousand steps. */
function must(isSo: boolean, fault: string): void {
  if (!isSo) throw new Error(fault)
}

test('a breaker, whatever happens, opens only after five failures in a row and then admits one probe at a time', () => {
  const property = fc.property(fc.array(step, { maxLength: 200, size: 'max' }), steps => {
    let breaker: Breaker = CLOSED
    let now = 0
    let inARow = 0
    const running: Role[] = []
    for (const { wait, does } of steps) {
      now += wait
      const before = refusalOf(breaker, now)
      if (does === 'ask') {
        if (before !== undefined) {
          must(before.isProbed || before.until > now, 'it refuses beyond its pause')
          must(before.until - now <= LONGEST_PAUSE_MS, 'its pause is too long')
          must(before.since <= now, 'its failures lie in the future')
          continue
        }
        const call = admitted(breaker)
        breaker = call.breaker
        running.push(call.role)
        must(running.filter(role => role === 'probe').length <= 1, 'two probes run at once')
      } else {
        const role = running.shift()
        if (role === undefined) continue
        const wasOpen = breaker.kind === 'open'
        breaker = judged(breaker, { role, verdict: does }, now)
        const isIll = typeof does === 'object' && ILL.some(code => code === does.code)
        if (wasOpen) {
          const stays = role === 'call' || isIll || does === 'untold'
          must(breaker.kind === (stays ? 'open' : 'closed'), `it is ${breaker.kind} after ${role} in its pause`)
          if (!stays) inARow = 0
        } else {
          inARow = does === 'answered' ? 0 : inARow + (isIll ? 1 : 0)
          must(breaker.kind === (inARow < MOST_FAILURES ? 'closed' : 'open'), `it is ${breaker.kind} after ${inARow}`)
        }
      }
    }
  })
  return fc.assert(property, { numRuns: 500 })
})
