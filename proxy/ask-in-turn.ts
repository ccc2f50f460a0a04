/**
 * Asks the route of a question and, where that fails before any text came, the routes that answer instead, in their order.
 * A refusal of the content ends it: what one provider does not want to answer is not carried to the next one.
 */
import type { Log } from '../shared/process/log.ts'
import { Wake } from '../shared/process/wake.ts'
import { type ApiRoute, RouteLimits } from '../shared/protocol/route.ts'
import type { Call } from './call.ts'
import { Circuits, type Ticket } from './circuits.ts'
import { Lanes } from './lanes.ts'
import type { Caller } from './providers/caller.ts'
import type { AnswerEvent, Failure } from './providers/provider.ts'
import { LONGEST_WAIT_MS } from './providers/retry.ts'
import { busy, type FailedRoute, paused, reasonOf, together } from './refusals.ts'
import type { Credential } from './routing.ts'

export type Target = { readonly name: string; readonly route: ApiRoute }

export type TurnParts = {
  readonly caller: Caller
  readonly route: (name: string) => Target | undefined
  /** @returns the credential; why there is none; or undefined where none is wanted */
  readonly credential: (name: string, route: ApiRoute) => Credential | Failure | undefined
  /** Milliseconds that only grow. */
  readonly monotonic: () => number
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined
  readonly log: Pick<Log, 'warn'>
}

/** What the asker does for a call. */
export type CallHandlers = {
  /** Resolves once the beginning of the call is on disk; false when it must not be made any more. */
  readonly begin: () => Promise<boolean>
  /** A piece of text came. */
  readonly onText: (piece: { offset: number; text: string }) => void
}

/** How a question ended: with what its answer knows, with a failure, or without having been asked at all. */
export type Ended = 'told' | 'unasked' | Failure

/** `isLast`: nobody else can answer. `instead`: why another route did not; undefined for the one that was asked. */
type Place = { readonly name: string; readonly isLast: boolean; readonly instead?: string }

type Ready = Target & { readonly credential: Credential | undefined; readonly ticket: Ticket }

/** While another route can answer, one that asks to wait longer than this is not waited for, in milliseconds. */
const PATIENCE_MS = 2_000

const sleepUntil = (ms: number, signal: AbortSignal): Promise<void> => new Wake().sleep(signal, ms)

const NO_LIMITS: RouteLimits = RouteLimits.parse({})

export class AskInTurn {
  readonly lanes: Lanes
  readonly #parts: TurnParts
  readonly #circuits: Circuits

  constructor(parts: TurnParts) {
    this.#parts = parts
    this.lanes = new Lanes(name => parts.route(name)?.route.limits ?? NO_LIMITS)
    this.#circuits = new Circuits(parts.monotonic)
  }

  async ask(call: Call, handlers: CallHandlers): Promise<Ended> {
    const { destination } = call.question.body
    const asked = this.#parts.route(destination)
    if (asked === undefined) return unknownRoute(destination)
    const others = (asked.route.fallback ?? []).filter(name => this.#parts.route(name) !== undefined)
    const first = await this.#askOne(call, { ...handlers, name: asked.name, isLast: others.length === 0 })
    if (typeof first === 'string') return first
    const failed: [FailedRoute, ...FailedRoute[]] = [{ name: asked.name, failure: first }]
    for (const [index, name] of others.entries()) {
      if (failed.at(-1)?.failure.code === 'refused') break
      if (call.signal.aborted) return stopped(call)
      const other = this.#parts.route(name)
      if (other === undefined || failed.some(route => route.name === other.name)) continue
      this.#parts.log.warn(
        { route: asked.name, instead: other.name, code: first.code },
        'another route is asked instead',
      )
      const place = { name: other.name, isLast: index === others.length - 1, instead: reasonOf(failed[0]) }
      const ended = await this.#askOne(call, { ...handlers, ...place })
      if (typeof ended === 'string') return ended
      failed.push({ name: other.name, failure: ended })
    }
    if (failed.length > 1) call.answer.comesFrom(asked.route)
    return together(failed)
  }

  async #askOne(call: Call, { name, isLast, instead, begin, onText }: CallHandlers & Place): Promise<Ended> {
    const patienceMs = isLast ? LONGEST_WAIT_MS : PATIENCE_MS
    const refused = this.#look(name, patienceMs)
    if (refused !== undefined) return refused
    const place = await this.lanes.enter(name, call)
    if (place === 'full') return busy(name, this.lanes.load(name))
    if (place === 'aborted') return stopped(call)
    try {
      await this.#rested(name, { patienceMs, signal: call.signal })
      if (call.signal.aborted) return stopped(call)
      const ready = this.#admit(name)
      if ('code' in ready) return ready
      try {
        if (!call.begun && !(await begin())) return 'unasked'
        call.answer.comesFrom(ready.route, instead === undefined ? undefined : { route: ready.name, reason: instead })
        for await (const event of this.#events(call, { ...ready, isLast })) {
          if (event.kind === 'error') return event.failure
          const came = call.answer.take(event)
          if (came !== undefined) onText(came)
        }
        return 'told'
      } finally {
        ready.ticket.judge('untold')
      }
    } finally {
      this.lanes.leave(name)
    }
  }

  /** The events of one call, which the route's breaker hears of. */
  async *#events(
    call: Call,
    { route, credential, ticket, isLast }: Ready & Pick<Place, 'isLast'>,
  ): AsyncGenerator<AnswerEvent, void> {
    const { message, context } = call.question.body
    const turns = [...(context?.turns ?? []), { role: 'user' as const, text: message }]
    const question = { turns, ...(context?.system !== undefined && { system: context.system }) }
    const limits = { ...(ticket.role === 'probe' && { attempts: 1 }), ...(!isLast && { patienceMs: PATIENCE_MS }) }
    const { signal } = call
    for await (const event of this.#parts.caller.ask({ route, question, credential, signal, ...limits })) {
      if (event.kind === 'error') ticket.judge(event.failure)
      else if (event.kind === 'text' || (event.kind === 'end' && !BROKEN_OFF.has(event.ending)))
        ticket.judge('answered')
      yield event
    }
  }

  /**
   * Why a route would not be asked now; it may be different once a place is free.
   * @param patienceMs a rest that the provider asked for and that is over so soon is waited for, as a call would wait for it
   */
  #look(name: string, patienceMs = 0): Failure | undefined {
    const target = this.#target(name)
    if ('code' in target) return target
    const refused = this.#circuits.of(target, target.credential).refusal()
    const now = this.#parts.monotonic()
    if (refused === undefined || (refused.isAsked && refused.until - now <= patienceMs)) return undefined
    return paused(name, refused, now)
  }

  /** Waits until a route may be asked that rests at its provider's wish, while that takes no more than the patience. */
  async #rested(name: string, { patienceMs, signal }: { patienceMs: number; signal: AbortSignal }): Promise<void> {
    const { monotonic, sleep = sleepUntil } = this.#parts
    const latest = monotonic() + patienceMs
    while (!signal.aborted) {
      const target = this.#target(name)
      const refused = 'code' in target ? undefined : this.#circuits.of(target, target.credential).refusal()
      if (!refused?.isAsked || refused.until > latest) return
      await sleep(refused.until - monotonic(), signal)
    }
  }

  /** The route and its credential as they are now: they may have changed while the question waited. */
  #admit(name: string): Ready | Failure {
    const refused = this.#look(name)
    if (refused !== undefined) return refused
    const target = this.#target(name)
    if ('code' in target) return target
    return { ...target, ticket: this.#circuits.of(target, target.credential).admit() }
  }

  #target(name: string): (Target & { credential: Credential | undefined }) | Failure {
    const target = this.#parts.route(name)
    if (target === undefined) return unknownRoute(name)
    const credential = this.#parts.credential(target.name, target.route)
    return credential !== undefined && 'code' in credential ? credential : { ...target, credential }
  }
}

/** Somebody stopped it while no call was under way. */
function stopped(call: Call): Ended {
  if (!call.begun) return 'unasked'
  call.answer.take({ kind: 'end', ending: 'cancelled' })
  return 'told'
}

/** Endings that say nothing of the provider: somebody broke the answer off, or text had come before. */
const BROKEN_OFF: ReadonlySet<string> = new Set(['cancelled', 'interrupted'])

const unknownRoute = (name: string): Failure => ({
  code: 'bad_request',
  message: `${name} is no AI in the routing table now.`,
  retryable: false,
})
