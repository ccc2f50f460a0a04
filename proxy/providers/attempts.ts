/** One request, made again where that can help. */
import { Wake } from '../../shared/process/wake.ts'
import type { ApiRoute } from '../../shared/protocol/route.ts'
import { Deadline } from './deadline.ts'
import type { Exchange, Outcome } from './exchange.ts'
import { exchange } from './exchange.ts'
import type { AnswerEvent } from './provider.ts'
import { waitBeforeRetry } from './retry.ts'

export type LogEvent = (fields: object, event: string) => void

/** What is given from outside, so that a test can own time and chance. */
export type Surroundings = {
  readonly random: () => number
  readonly log: { readonly info: LogEvent; readonly warn: LogEvent }
  /** Milliseconds, for durations in the log. */
  readonly now?: () => number
  /** Resolves after `ms` milliseconds, or when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

export type Call = Pick<Exchange, 'dispatcher' | 'provider' | 'request' | 'key' | 'signal'> & {
  readonly surroundings: Surroundings
  readonly route: ApiRoute
  /** Narrower than those of the policy. */
  readonly limits: { readonly attempts?: number; readonly patienceMs?: number }
}

/** Longest wait for the first byte and between pieces, unless the route says otherwise. */
const SILENCE_MS = 30_000

const sleepUntil = (ms: number, signal: AbortSignal): Promise<void> => new Wake().sleep(signal, ms)

/** Yields the answer of the first attempt that has one. The outcome is that of the last attempt. */
export async function* attempts(call: Call): AsyncGenerator<AnswerEvent, Outcome> {
  const { random, log, now = Date.now, sleep = sleepUntil } = call.surroundings
  const { kind, model } = call.route
  const { attempts: most, patienceMs = Number.POSITIVE_INFINITY } = call.limits
  for (let made = 1; ; made++) {
    const startedAt = now()
    const outcome = yield* attempt(call)
    const waitMs = waitBeforeRetry(outcome, made, random)
    if (waitMs === undefined || waitMs > patienceMs || made === most) return outcome
    const code = outcome.failure?.code
    log.warn({ kind, model, code, attempt: made, ms: now() - startedAt, waitMs }, 'api call is tried again')
    await sleep(waitMs, call.signal)
  }
}

async function* attempt({ route, signal, ...call }: Call): AsyncGenerator<AnswerEvent, Outcome> {
  const silence = new Deadline(route.timeoutMs ?? SILENCE_MS, 'there was no sign of life')
  const either = AbortSignal.any([signal, silence.signal])
  try {
    return yield* exchange({ ...call, route, signal: either, onLife: () => silence.restart() })
  } finally {
    silence.stop()
  }
}
