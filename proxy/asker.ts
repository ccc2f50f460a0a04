/**
 * Carries questions to an API and their answers back: pieces as they come, the whole once it ended. The call is
 * recorded before it is made, since a paid call must never be repeated in silence.
 */
import { v7 as uuidv7 } from 'uuid'
import { Grace } from '../shared/process/grace.ts'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import type { ProxyEvent, StopReason, Submission } from '../shared/protocol/local.ts'
import { sameName } from '../shared/protocol/names.ts'
import { Answer, type Outcome, unasked } from './answer.ts'
import { AskInTurn, type TurnParts } from './ask-in-turn.ts'
import { Call, WHY_IN_WORDS } from './call.ts'
import type { KeptEvent } from './inbox.ts'
import type { Question, Questions } from './questions.ts'
import { untilTaken } from './until-taken.ts'

/**
 * How long the own peer may be away before what it asked is stopped, in milliseconds: a peer that is restarted is back
 * within one or two seconds, and every second of an answer that nobody reads is paid for.
 */
export const PEER_GRACE_MS = 5_000

export type AskerParts = TurnParts & {
  readonly owner: string
  readonly store: Store
  readonly questions: Questions
  readonly isAttached: () => boolean
  /** Inside the write that settles a question: counts what its answer used, and puts the cost to it. */
  readonly account: (question: Question, outcome: Outcome) => Outcome
  readonly keep: (event: KeptEvent) => void
  readonly keptEventsWait: () => void
  readonly tell: (event: ProxyEvent) => void
  readonly log: Log
  readonly now: () => number
  readonly peerGraceMs?: number | undefined
}

export class Asker {
  readonly #parts: AskerParts
  readonly #turns: AskInTurn
  readonly #calls = new Map<string, Call>()
  /** Accepted and not looked at yet, oldest first, with their destinations. */
  readonly #fresh = new Map<string, string>()
  readonly #work = new Set<Promise<void>>()
  readonly #stop = new AbortController()
  readonly #peerGrace: Grace
  #order = 0

  constructor(parts: AskerParts) {
    this.#parts = parts
    this.#turns = new AskInTurn(parts)
    this.#peerGrace = new Grace(parts.peerGraceMs ?? PEER_GRACE_MS, () => {
      for (const call of this.#calls.values()) if (call.isAttended) call.stop('peer_gone')
    })
  }

  /**
   * Records a question; inside a write. Call {@link pump} once it is on disk. One that can be asked at once is recorded
   * as being asked: its answer then waits for one commit and not for two.
   */
  accept(submission: Submission): void {
    const { id, destination } = submission
    const before = [...this.#fresh].filter(([other, name]) => other !== id && sameName(name, destination)).length
    const begun = this.#turns.lanes.hasRoom(destination, before)
    if (this.#parts.questions.accept(submission, { answer: uuidv7(), begun })) this.#fresh.set(id, destination)
  }

  /** Questions that a crash interrupted are reported as of unknown outcome; those not yet asked are asked. */
  async resume(): Promise<void> {
    const { store, questions } = this.#parts
    const reason =
      'The outcome is unknown: the proxy stopped while the answer was under way. Asking again may cost again.'
    await store.write(() => {
      for (const question of questions.asking())
        if (!this.#calls.has(question.id) && !this.#fresh.has(question.id))
          this.#settle(question, { failed: { reason, cancelled: false } })
    })
    for (const { id, destination } of questions.accepted()) this.#fresh.set(id, destination)
    this.pump()
  }

  /** Goes to work on what was accepted; on a question whose earlier call is just ending, once that is over. */
  pump(): void {
    if (this.#stop.signal.aborted) return
    const { questions, owner, now, isAttached, route } = this.#parts
    for (const id of [...this.#fresh.keys()]) {
      if (this.#calls.has(id)) continue
      const question = questions.open(id)
      this.#fresh.delete(id)
      if (question === undefined) continue
      const answer = new Answer(question, { owner, now, route: route(question.body.destination)?.route })
      const call = new Call({ question, answer, order: this.#order++, isAttended: isAttached() })
      this.#calls.set(id, call)
      const work = this.#run(call).finally(() => this.#work.delete(work))
      this.#work.add(work)
    }
  }

  /** Limits may have been raised. */
  routesChanged(): void {
    this.#turns.lanes.limitsChanged()
  }

  /**
   * Stops a call, or a question that waits, by the id of the question or of its answer.
   * @returns false when there is none
   */
  async cancel(id: string, why?: StopReason): Promise<boolean> {
    const call = this.#calls.get(id) ?? [...this.#calls.values()].find(one => one.is(id))
    call?.stop(why)
    if (call !== undefined) return true
    const { questions, store, keptEventsWait } = this.#parts
    const question = questions.find(id)
    if (question === undefined) return false
    await store.write(() => this.#settle(question, unasked({ isStopping: false, why: why && WHY_IN_WORDS[why] })))
    keptEventsWait()
    return true
  }

  /** The own peer came, or went: what it asked is stopped unless it is back within the grace. */
  peerIs(attached: boolean): void {
    if (attached) this.#peerGrace.returned()
    else if (!this.#stop.signal.aborted) this.#peerGrace.left()
  }

  /** The answers under way as they are now, for a peer that attaches in their midst. */
  present(): ProxyEvent[] {
    return [...this.#calls.values()].flatMap(call => call.present())
  }

  /** Breaks off all calls and keeps what came of them. Questions that only waited are asked at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#peerGrace[Symbol.dispose]()
    for (const call of this.#calls.values()) call.stop()
    await Promise.all(this.#work)
  }

  /** An answer was paid for: it is kept, however long the disk takes. */
  async #run(call: Call): Promise<void> {
    const { store, log, keptEventsWait } = this.#parts
    const { id } = call.question
    const outcome = await this.#ask(call)
    const onFailure = (error: unknown) =>
      log.error({ err: error, id }, 'an answer could not be kept; it is tried again')
    const until = { signal: this.#stop.signal, onFailure }
    if (outcome !== undefined) await untilTaken(store, () => this.#settle(call.question, outcome), until)
    this.#calls.delete(id)
    keptEventsWait()
    this.pump()
  }

  /** @returns what becomes of the question; undefined for one that is still to be asked, or is no longer there */
  async #ask(call: Call): Promise<Outcome | undefined> {
    const { tell, log } = this.#parts
    const { answer, question } = call
    try {
      const ended = await this.#turns.ask(call, {
        begin: () => this.#begin(call),
        onText: piece => tell(call.piece(piece)),
      })
      const isStopping = this.#stop.signal.aborted
      if (typeof ended === 'object') return call.begun ? answer.failed(ended) : answer.refused(ended)
      if (ended === 'told') return answer.outcome({ isStopping, why: call.why })
      const isLeft = !call.signal.aborted || (isStopping && question.state === 'accepted')
      return isLeft ? undefined : unasked({ isStopping, why: call.why })
    } catch (error) {
      log.error({ err: error, id: question.id }, 'a call failed unexpectedly')
      const message = 'The call failed unexpectedly; the log of the proxy has the details.'
      if (answer.text === '') return answer.failed({ code: 'broken_answer', message, retryable: true })
      // What was shown stays, whatever happens.
      answer.take({ kind: 'end', ending: 'interrupted', detail: `The answer broke off. ${message}` })
      return answer.outcome({ isStopping: false, why: undefined })
    }
  }

  async #begin(call: Call): Promise<boolean> {
    const { store, questions, tell, log } = this.#parts
    const { question, signal } = call
    const { id, state } = question
    const onFailure = (error: unknown) =>
      log.error({ err: error, id }, 'a question is not begun yet; it is tried again')
    const begun = state === 'asking' || (await untilTaken(store, () => questions.begin(id), { signal, onFailure }))
    if (begun !== true) return false
    call.begun = true
    tell(call.asking())
    return true
  }

  /** Inside a write: what became of a question, and the question's end, are one. */
  #settle(question: Question, outcome: Outcome): void {
    const { questions, keep, account } = this.#parts
    const { message, failed } = account(question, outcome)
    const { id, body } = question
    if (message !== undefined) keep({ kind: 'message', message, stored: false })
    if (failed !== undefined) keep({ kind: 'failed', id, destination: body.destination, ...failed })
    questions.done(id)
  }
}
