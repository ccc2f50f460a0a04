/** Asks the APIs: the one place that owns connections, deadlines, retries, and where a key may go. */
import type { Secret } from '../../shared/process/secret.ts'
import { redactor } from '../../shared/process/secret.ts'
import type { ApiRoute } from '../../shared/protocol/route.ts'
import { credentialProblem } from '../../shared/protocol/route.ts'
import type { Surroundings } from './attempts.ts'
import { attempts } from './attempts.ts'
import { Deadline } from './deadline.ts'
import { type ProviderDispatcher, providerDispatcher } from './dispatcher.ts'
import { withLeftOut } from './exchange.ts'
import { describeFailure } from './failure.ts'
import type { AnswerEvent, Failure, ProviderRequest, Question } from './provider.ts'
import { loadProvider } from './registry.ts'

export type CallerOptions = Surroundings & {
  /** What calls are made with; it stays whoever's it is. Without one there is one of its own, that knows no web proxy. */
  readonly dispatcher?: ProviderDispatcher
  /** Longest time for one question with all its attempts. */
  readonly wholeMs?: number
}

/** `credential` is the key that the route names, with the origins it may be sent to. */
export type Ask = {
  readonly route: ApiRoute
  readonly question: Question
  readonly credential: { readonly secret: Secret; readonly origins: readonly string[] } | undefined
  readonly signal: AbortSignal
  /** Most attempts, where the usual number of them is too many. */
  readonly attempts?: number
  /** Longest wait before another attempt, in milliseconds, where somebody else could answer sooner. */
  readonly patienceMs?: number
}

export interface Caller {
  /**
   * The answer, piece by piece. Its last event is `end`, or `error` when there is no text at all. Aborting the signal, or
   * leaving the loop, closes the connection to the provider at once.
   */
  ask(ask: Ask): AsyncGenerator<AnswerEvent, void>
  /** Ends every running answer as interrupted and closes all connections. */
  close(): Promise<void>
}

const STOPPED: AnswerEvent = {
  kind: 'end',
  ending: 'interrupted',
  detail: 'The proxy was stopped before the answer was whole.',
}
const WHOLE_MS = 10 * 60_000

/** One pool of connections for all routes. */
export function createCaller(options: CallerOptions): Caller {
  const dispatcher = options.dispatcher ?? providerDispatcher()
  const closing = new AbortController()
  const leftOutTold = new Set<string>()

  function tellLeftOut({ kind, model }: ApiRoute, { leftOut }: ProviderRequest): void {
    const key = `${kind} ${model} ${leftOut.join()}`
    if (leftOut.length === 0 || leftOutTold.has(key)) return
    leftOutTold.add(key)
    options.log.info({ kind, model, leftOut }, 'parameters are left out, the API does not take them')
  }

  async function* ask({ route, question, credential, signal, ...limits }: Ask): AsyncGenerator<AnswerEvent, void> {
    const refusal = credentialFailure(route, credential)
    if (refusal !== undefined) return yield { kind: 'error', failure: refusal }
    const key = route.credential === undefined ? undefined : credential?.secret
    const conceal = redactor(key === undefined ? [] : [key])
    const { kind, model } = route
    const provider = await loadProvider(kind)
    const request = provider.toRequest(route, question, key)
    tellLeftOut(route, request)
    const whole = new Deadline(options.wholeMs ?? WHOLE_MS, 'the answer was not complete')
    const signals = AbortSignal.any([signal, closing.signal, whole.signal])
    try {
      const outcome = yield* attempts({
        surroundings: options,
        dispatcher: dispatcher.for(route),
        route,
        provider,
        request,
        key,
        signal: signals,
        limits,
      })
      if (outcome.failure === undefined) return
      const { leftOut } = request
      if (signal.aborted) return yield withLeftOut({ kind: 'end', ending: 'cancelled' }, leftOut)
      if (closing.signal.aborted) return yield withLeftOut(STOPPED, leftOut)
      const failure = { ...outcome.failure, message: conceal(outcome.failure.message) }
      options.log.warn({ kind, model, code: failure.code, told: outcome.told }, 'api call failed')
      if (outcome.told !== 'text') return yield { kind: 'error', failure }
      const detail = `The answer broke off. ${failure.message}`
      yield withLeftOut({ kind: 'end', ending: 'interrupted', detail }, leftOut)
    } finally {
      whole.stop()
    }
  }

  return {
    ask,
    async close() {
      closing.abort(new Error('the caller is closed'))
      if (options.dispatcher === undefined) await dispatcher.destroy()
    },
  }
}

/** Why a route may not be asked with a credential, or undefined when it may. */
export function credentialFailure(route: ApiRoute, credential: Ask['credential']): Failure | undefined {
  if (route.credential === undefined) return undefined
  if (credential === undefined)
    return describeFailure('wrong_key', { said: `no key is set for credential "${route.credential}"` })
  const problem = credentialProblem(route, credential.origins)
  return problem === undefined ? undefined : describeFailure('bad_request', { said: `the route ${problem}` })
}
