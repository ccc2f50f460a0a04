/**
 * Carries questions to an API and their answers back: pieces as they come, the whole once it ended. The call is
 * recorded before it is made, since a paid call must never be repeated in silence.
 */
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import type { Delta, ProxyEvent, Submission } from '../shared/protocol/local.ts'
import type { ApiRoute } from '../shared/protocol/route.ts'
import { Answer, type Outcome } from './answer.ts'
import type { KeptEvent } from './inbox.ts'
import type { Caller } from './providers/caller.ts'
import type { Failure } from './providers/provider.ts'
import type { Question, Questions } from './questions.ts'
import type { Credential } from './routing.ts'

/** Calls that run at the same time; more wait their turn. */
/** Pause after the disk did not take something, in milliseconds. */
const AGAIN_MS = 500
const PARALLEL = 16

export type AskerParts = {
  readonly owner: string
  readonly store: Store
  readonly questions: Questions
  readonly caller: Caller
  readonly route: (name: string) => { name: string; route: ApiRoute } | undefined
  /** @returns the credential; why there is none; or undefined where none is wanted */
  readonly credential: (name: string, route: ApiRoute) => Credential | Failure | undefined
  /** Inside the write that settles a question: counts what its answer used, and puts the cost to it. */
  readonly account: (question: Question, outcome: Outcome) => Outcome
  readonly keep: (event: KeptEvent) => void
  readonly keptEventsWait: () => void
  readonly tell: (event: ProxyEvent) => void
  readonly log: Log
  readonly now: () => number
}

type Call = { readonly question: Question; readonly answer: Answer; readonly cancel: AbortController }

export class Asker {
  readonly #parts: AskerParts
  readonly #calls = new Map<string, Call>()
  readonly #work = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  constructor(parts: AskerParts) {
    this.#parts = parts
  }

  /** Records a question; inside a write. Call {@link pump} once it is on disk. */
  accept(submission: Submission): void {
    this.#parts.questions.accept(submission, { answer: uuidv7(), now: this.#parts.now() })
  }

  /** Questions that a crash interrupted are reported as of unknown outcome; those not yet asked are asked. */
  async resume(): Promise<void> {
    const { store, questions } = this.#parts
    const reason =
      'The outcome is unknown: the proxy stopped while the answer was under way. Retry asks again, and may cost again.'
    await store.write(() => {
      for (const question of questions.asking()) this.#settle(question, { failed: { reason, cancelled: false } })
    })
    this.pump()
  }

  /** Starts as many calls as may run. */
  pump(): void {
    if (this.#stop.signal.aborted) return
    const room = PARALLEL - this.#calls.size
    const next = this.#parts.questions.accepted(PARALLEL).filter(({ id }) => !this.#calls.has(id))
    for (const question of next.slice(0, Math.max(0, room))) {
      const work = this.#run(question)
      this.#work.add(work)
      void work.finally(() => this.#work.delete(work))
    }
  }

  /** Stops a call by the id of its question or answer. @returns false when there is none */
  async cancel(id: string): Promise<boolean> {
    const question = this.#parts.questions.find(id)
    if (question === undefined) return false
    const call = this.#calls.get(question.id)
    if (call !== undefined) call.cancel.abort()
    else
      await this.#parts.store.write(() =>
        this.#settle(question, { failed: { reason: 'Stopped before it was asked.', cancelled: true } }),
      )
    this.#parts.keptEventsWait()
    return true
  }

  /** The answers under way as they are now, for a peer that attaches in their midst. */
  present(): ProxyEvent[] {
    return [...this.#calls.values()].flatMap(({ question, answer }) => [
      asking(question),
      ...(answer.text === '' ? [] : [piece(question, { offset: 0, text: answer.text, isDemo: answer.isDemo })]),
    ])
  }

  /** Breaks off all calls and waits until what came of them is kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    for (const { cancel } of this.#calls.values()) cancel.abort()
    await Promise.all(this.#work)
  }

  async #run(question: Question): Promise<void> {
    const { store, questions, tell, owner, route, now } = this.#parts
    const target = route(question.body.destination)
    const answer = new Answer(question, { owner, now, route: target?.route })
    const call: Call = { question, answer, cancel: new AbortController() }
    this.#calls.set(question.id, call)
    try {
      if (!(await store.write(() => questions.begin(question.id)))) return
      tell(asking(question))
      const outcome = await this.#ask(call, target).catch((error: unknown) => {
        this.#parts.log.error({ err: error, id: question.id }, 'a call failed unexpectedly')
        return answer.failed({
          code: 'broken_answer',
          message: 'The call failed unexpectedly; the log of the proxy has the details.',
          retryable: true,
        })
      })
      await this.#keep(question, outcome)
    } catch (error) {
      this.#parts.log.error({ err: error, id: question.id }, 'a question could not be begun; it is tried again')
      await new Wake().sleep(this.#stop.signal, AGAIN_MS)
    } finally {
      this.#calls.delete(question.id)
      this.#parts.keptEventsWait()
      this.pump()
    }
  }

  /** An answer was paid for: a disk that does not take it now is tried until it does. */
  async #keep(question: Question, outcome: Outcome): Promise<void> {
    for (;;)
      try {
        return await this.#parts.store.write(() => this.#settle(question, outcome))
      } catch (error) {
        this.#parts.log.error({ err: error, id: question.id }, 'an answer could not be kept; it is tried again')
        if (this.#stop.signal.aborted) return
        await new Wake().sleep(this.#stop.signal, AGAIN_MS)
      }
  }

  async #ask(
    { question, answer, cancel }: Call,
    target: { name: string; route: ApiRoute } | undefined,
  ): Promise<Outcome> {
    const { credential: findCredential, caller, tell } = this.#parts
    const { destination, message, context } = question.body
    if (target === undefined)
      return answer.failed({
        code: 'bad_request',
        message: `${destination} is no AI in the routing table now.`,
        retryable: false,
      })
    const credential = findCredential(target.name, target.route)
    if (credential !== undefined && 'code' in credential) return answer.failed(credential)
    const turns = [...(context?.turns ?? []), { role: 'user' as const, text: message }]
    const asked = { turns, ...(context?.system !== undefined && { system: context.system }) }
    for await (const event of caller.ask({ route: target.route, question: asked, credential, signal: cancel.signal })) {
      const came = answer.take(event)
      if (came !== undefined) tell(piece(question, { ...came, isDemo: answer.isDemo }))
    }
    return answer.outcome(this.#stop.signal.aborted)
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

const asking = ({ id, body }: Question): ProxyEvent => ({ kind: 'asking', id, destination: body.destination })

const piece = (
  { id, answer, body }: Question,
  { offset, text, isDemo }: Pick<Delta, 'offset' | 'text'> & { isDemo: boolean },
): ProxyEvent => ({
  kind: 'signal',
  sender: body.destination,
  signal: { kind: 'delta', delta: { id: answer, replyTo: id, offset, text, ...(isDemo && { demo: true }) } },
})
