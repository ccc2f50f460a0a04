/**
 * Carries questions to an API and their answers back: pieces as they come, the whole once it ended. The call is
 * recorded before it is made, since a paid call must never be repeated in silence.
 */
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import type { Delta, ProxyEvent, Submission } from '../shared/protocol/local.ts'
import type { Message, Metadata } from '../shared/protocol/message.ts'
import type { ApiRoute } from '../shared/protocol/route.ts'
import type { KeptEvent } from './inbox.ts'
import type { Caller } from './providers/caller.ts'
import type { Failure } from './providers/provider.ts'
import type { Question, Questions } from './questions.ts'
import type { Credential } from './routing.ts'

/** Calls that run at the same time; more wait their turn. */
const PARALLEL = 16

export type AskerParts = {
  readonly owner: string
  readonly store: Store
  readonly questions: Questions
  readonly caller: Caller
  readonly route: (name: string) => { name: string; route: ApiRoute } | undefined
  /** @returns the credential, or why there is none */
  readonly credential: (name: string, route: ApiRoute) => Credential | Failure | undefined
  readonly keep: (event: KeptEvent) => void
  readonly keptEventsWait: () => void
  readonly tell: (event: ProxyEvent) => void
  readonly log: Log
  readonly now: () => number
}

type Call = { readonly question: Question; readonly cancel: AbortController; text: string }
type Outcome = { readonly message?: Message; readonly failed?: { reason: string; cancelled: boolean } }

export class Asker {
  readonly #parts: AskerParts
  readonly #calls = new Map<string, Call>()
  readonly #work = new Set<Promise<void>>()
  #stopping = false

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
    if (this.#stopping) return
    const room = PARALLEL - this.#calls.size
    const next = this.#parts.questions.accepted(PARALLEL).filter(({ id }) => !this.#calls.has(id))
    for (const question of next.slice(0, Math.max(0, room))) {
      const work = this.#run(question).catch(error =>
        this.#parts.log.error({ err: error, id: question.id }, 'answer could not be kept'),
      )
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
    return [...this.#calls.values()].flatMap(({ question, text }) => [
      asking(question),
      ...(text === '' ? [] : [piece(question, { offset: 0, text })]),
    ])
  }

  /** Breaks off all calls and waits until what came of them is kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true
    for (const { cancel } of this.#calls.values()) cancel.abort()
    await Promise.all(this.#work)
  }

  async #run(question: Question): Promise<void> {
    const { store, questions, tell } = this.#parts
    const call: Call = { question, cancel: new AbortController(), text: '' }
    this.#calls.set(question.id, call)
    try {
      await store.write(() => questions.begin(question.id))
      tell(asking(question))
      const outcome = await this.#ask(call)
      await store.write(() => this.#settle(question, outcome))
    } finally {
      this.#calls.delete(question.id)
    }
    this.#parts.keptEventsWait()
    this.pump()
  }

  async #ask(call: Call): Promise<Outcome> {
    const { route: find, credential: findCredential, caller, now, tell } = this.#parts
    const { destination, message, context } = call.question.body
    const target = find(destination)
    if (target === undefined)
      return this.#failure(call, {
        code: 'bad_request',
        message: `${destination} is no AI in the routing table now.`,
        retryable: false,
      })
    const credential = findCredential(target.name, target.route)
    const metadata: Metadata = {
      replyTo: call.question.id,
      model: target.route.model,
      ...(target.route.demo && { demo: true }),
    }
    if (credential !== undefined && 'code' in credential) return this.#failure(call, credential, metadata)
    const started = now()
    const turns = [...(context?.turns ?? []), { role: 'user' as const, text: message }]
    const question = { turns, ...(context?.system !== undefined && { system: context.system }) }
    for await (const event of caller.ask({ route: target.route, question, credential, signal: call.cancel.signal })) {
      switch (event.kind) {
        case 'text':
          if (call.text === '') metadata.firstPieceMs = now() - started
          tell(piece(call.question, { offset: call.text.length, text: event.text }))
          call.text += event.text
          break
        case 'thinking':
          break
        case 'usage':
          metadata.usage = event.usage
          break
        case 'error':
          return this.#failure(call, event.failure, metadata)
        case 'end':
          metadata.ending = event.ending
          if (event.detail !== undefined) metadata.endingDetail = event.detail
          if (event.leftOut !== undefined) metadata.leftOut = [...event.leftOut]
          break
        default:
          event satisfies never
      }
    }
    metadata.totalMs = now() - started
    if (this.#stopping && metadata.ending === 'cancelled') {
      if (call.text === '')
        return {
          failed: { reason: 'The proxy was stopped before an answer came. Retry asks again.', cancelled: false },
        }
      Object.assign(metadata, {
        ending: 'interrupted',
        endingDetail: 'The proxy was stopped in the midst of this answer.',
      } satisfies Metadata)
    }
    if (call.text === '' && metadata.ending === 'cancelled')
      return { failed: { reason: 'Stopped before any text came.', cancelled: true } }
    return { message: this.#message(call, metadata) }
  }

  #failure(
    call: Call,
    { code, message, retryable }: Failure,
    metadata: Metadata = { replyTo: call.question.id },
  ): Outcome {
    const notice = { ...metadata, autoReply: true, error: { code, retryable } }
    return { message: this.#message(call, notice, message), failed: { reason: message, cancelled: false } }
  }

  #message({ question, text }: Call, metadata: Metadata, notice?: string): Message {
    const empty = text === '' ? (metadata.endingDetail ?? 'The answer is empty.') : undefined
    return {
      id: question.answer,
      sender: question.body.destination,
      destination: this.#parts.owner,
      message: notice ?? empty ?? text,
      timestamp: new Date(this.#parts.now()).toISOString(),
      type: notice === undefined && empty === undefined ? 'chat' : 'notification',
      metadata,
    }
  }

  /** Inside a write: what became of a question, and the question's end, are one. */
  #settle(question: Question, { message, failed }: Outcome): void {
    const { questions, keep } = this.#parts
    const { id, body } = question
    if (message !== undefined) keep({ kind: 'message', message, stored: false })
    if (failed !== undefined) keep({ kind: 'failed', id, destination: body.destination, ...failed })
    if (failed === undefined) questions.answered(id)
    else questions.forget(id)
  }
}

const asking = ({ id, body }: Question): ProxyEvent => ({ kind: 'asking', id, destination: body.destination })

const piece = ({ id, answer, body }: Question, { offset, text }: Pick<Delta, 'offset' | 'text'>): ProxyEvent => ({
  kind: 'signal',
  sender: body.destination,
  signal: { kind: 'delta', delta: { id: answer, replyTo: id, offset, text } },
})
