/** People who talk while things break: each sends one message at a time and keeps what the contract says, the same id until an answer. */
import { setTimeout as pause } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import type { Invocation, Outcome } from './checker.ts'
import { Random } from './random.ts'

/** A peer that lives answers within this, in milliseconds; longer is a finding of its own. */
const ANSWER_MS = 30_000
/** Between two tries of the same message, in milliseconds. */
const AGAIN_MS = 25

export type LoadOptions = {
  readonly from: string
  readonly to: string
  /** The sending peer's address. */
  readonly url: string
  /** Begins every sender's name, so that the texts of two loads differ. */
  readonly name: string
  readonly senders?: number
  /** Messages a second of all senders together; as fast as they are answered without it. */
  readonly perSecond?: number
  /** How often a sender leaves a message whose answer was lost as it is, instead of sending it again. */
  readonly abandon?: number
}

type Answer = { readonly status: number } | { readonly lost: 'before it was sent' | 'perhaps after' }

/** Gives every event of all loads its place in one order. */
let clock = 0

export class Load {
  readonly options: LoadOptions
  readonly history: Invocation[] = []
  /** Sent and not answered at this moment. */
  open = 0
  /** Tries that were not answered with 202: refused for good or for now, or without an answer. */
  failedTries = 0
  readonly #random: Random
  #stopped = false
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: LoadOptions) {
    this.options = options
    this.#random = new Random(`load ${options.name}`)
  }

  /** Begins to send, until {@link stop} or until `messages` were sent. */
  start(messages = Number.POSITIVE_INFINITY): this {
    const { senders = 5, name } = this.options
    let left = messages
    const mayGoOn = () => !this.#stopped && left-- > 0
    this.#running = Promise.all(Array.from({ length: senders }, (_, n) => this.#send(`${name}${n}`, mayGoOn)))
    // Whoever waits for the end hears of it; until then it is no unhandled one.
    this.#running.catch(() => undefined)
    return this
  }

  /** Resolves once everything was sent and answered. */
  async done(): Promise<void> {
    await this.#running
  }

  /** Sends no more, and waits for the answers that are due. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.done()
  }

  get accepted(): Invocation[] {
    return this.history.filter(({ outcome }) => outcome === 'ok')
  }

  async #send(sender: string, mayGoOn: () => boolean): Promise<void> {
    const { senders = 5, perSecond } = this.options
    const period = perSecond === undefined ? 0 : (1000 * senders) / perSecond
    for (let counter = 1; mayGoOn(); counter += 1) {
      const next = period === 0 ? undefined : pause(period * (0.5 + this.#random.next()))
      const [id, text, invoked] = [uuidv7(), `${sender} #${counter}`, ++clock]
      this.open += 1
      const outcome = await this.#untilAnswered(id, text)
      this.open -= 1
      this.history.push({ id, sender, counter, text, invoked, answered: ++clock, outcome })
      await next
    }
  }

  async #untilAnswered(id: string, text: string): Promise<Outcome> {
    const deadline = Date.now() + ANSWER_MS
    for (;;) {
      const answer = await this.#post(id, text)
      if ('status' in answer && answer.status === 202) return 'ok'
      this.failedTries += 1
      if ('status' in answer && answer.status !== 503) return 'failed'
      const isUnknown = 'lost' in answer && answer.lost === 'perhaps after'
      if (isUnknown && this.#random.chance(this.options.abandon ?? 0)) return 'unknown'
      if (Date.now() > deadline) throw new Error(`${text} was not answered within ${ANSWER_MS} ms`)
      await pause(AGAIN_MS)
    }
  }

  async #post(id: string, message: string): Promise<Answer> {
    const { url, to } = this.options
    try {
      const response = await fetch(`${url}/api/conversations/${to}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id, message }),
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      await response.arrayBuffer()
      return { status: response.status }
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') throw new Error(`${message} got no answer`)
      return { lost: wasRefused(error) ? 'before it was sent' : 'perhaps after' }
    }
  }
}

const wasRefused = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'ECONNREFUSED'
