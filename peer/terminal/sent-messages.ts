/** The messages sent from this terminal: how each stands, which questions wait for their answer, which ids were tried. */
import { v7 as uuidv7 } from 'uuid'
import type { MessageState } from '../../shared/protocol/message.ts'
import { nameKey, sameName } from '../../shared/protocol/names.ts'
import type { Peer, PeerEventData } from '../../shared/protocol/peer-api.ts'
import { newsOf, type Sent } from './delivery-news.ts'
import type { Line } from './line.ts'

/** How many are followed: nobody waits for news of older ones. */
const FOLLOWED = 1_000

export class SentMessages {
  readonly #sent = new Map<string, Sent>()
  /** Questions to AIs without a word of an answer yet. */
  readonly #awaited = new Map<string, string>()
  readonly #stopped = new Set<string>()
  /** What is being sent: settles once the peer has taken or refused it, or was waited for long enough. */
  readonly #underWay = new Map<string, Promise<unknown>>()
  /** Ids under which a message was sent and nobody answered: it may be there. */
  readonly #unsettled = new Map<string, string>()

  /** The id for a message: the one under which the very same was tried before without an answer, else a new one. */
  idFor(to: string, text: string): string {
    return this.#unsettled.get(keyOf(to, text)) ?? uuidv7()
  }

  /** @param request settles with it */
  sending(id: string, message: Pick<Sent, 'to' | 'text' | 'isQuestion'>, request: Promise<unknown>): void {
    this.#unsettled.set(keyOf(message.to, message.text), id)
    this.follow(id, message)
    const over = request.catch(() => undefined).finally(() => this.#underWay.delete(id))
    this.#underWay.set(id, over)
  }

  /** Resolves once a message is not being sent any more, whatever became of it. */
  async sendingIsOver(id: string): Promise<void> {
    await this.#underWay.get(id)
  }

  /** The peer has taken or refused it. */
  settled(to: string, text: string): void {
    this.#unsettled.delete(keyOf(to, text))
  }

  follow(id: string, { to, text, isQuestion }: Pick<Sent, 'to' | 'text' | 'isQuestion'>): void {
    // One that is sent again is the last one.
    this.forget(id)
    this.#sent.set(id, { to, text, isQuestion, state: 'accepted', isSaved: false })
    if (isQuestion) this.#awaited.set(id, to)
    const [oldest] = this.#sent.keys()
    if (this.#sent.size > FOLLOWED && oldest !== undefined) this.forget(oldest)
  }

  forget(id: string): void {
    this.#sent.delete(id)
    this.#awaited.delete(id)
    this.#stopped.delete(id)
  }

  /** No news of what was sent to somebody, or to anybody, will come any more. */
  forgetAll(name?: string): void {
    for (const [id, { to }] of [...this.#sent]) if (name === undefined || sameName(to, name)) this.forget(id)
  }

  has(id: string): boolean {
    return this.#sent.has(id)
  }

  /** An answer began, or none will come. */
  isAnswered(question: string | undefined): void {
    if (question !== undefined) this.#awaited.delete(question)
  }

  /** A notice, or a note under an unfinished answer, says already why nothing more comes of a message. */
  isExplained(id: string): void {
    const sent = this.#sent.get(id)
    if (sent !== undefined) this.#sent.set(id, { ...sent, isExplained: true })
  }

  /** The questions of which nothing has come yet, by their ids. */
  get awaited(): string[] {
    return [...this.#awaited.keys()]
  }

  /** Which of some messages was sent last and not stopped since; undefined if none of them was sent from here. */
  lastOf(ids: readonly string[]): string | undefined {
    return [...this.#sent.keys()].findLast(id => ids.includes(id) && !this.#stopped.has(id))
  }

  /** What answers a message was told to stop, or could not be. */
  stops(id: string, isStopped: boolean): void {
    if (isStopped) this.#stopped.add(id)
    else this.#stopped.delete(id)
  }

  get awaitedNames(): string[] {
    return [...new Set(this.#awaited.values())]
  }

  /** With whom there is a message of which news may come. */
  get openNames(): string[] {
    const open = [...this.#sent].filter(([id, { state }]) => this.#awaited.has(id) || isOnTheWay(state))
    return [...new Set(open.map(([, { to }]) => to))]
  }

  /** @returns what to say of it */
  changed({ id, state, reason }: Omit<PeerEventData<'state'>, 'conversation'>, peers: readonly Peer[]): Line[] {
    const before = this.#sent.get(id)
    if (before === undefined || (before.state === state && before.reason === reason)) return []
    // It was looked up, and this was told before that.
    if (!isOnTheWay(before.state) && isOnTheWay(state)) return []
    return this.#follow(id, { ...before, state, reason }, peers)
  }

  /** @returns what to say of messages to those who left since */
  peersChanged(peers: readonly Peer[]): Line[] {
    const onTheWay = [...this.#sent].filter(([, { state }]) => state === 'delivered')
    return onTheWay.flatMap(([id, sent]) => this.#follow(id, sent, peers))
  }

  #follow(id: string, before: Sent, peers: readonly Peer[]): Line[] {
    const { sent, lines } = newsOf(before, peers)
    this.#sent.set(id, sent)
    if (sent.isSaved || isOver(sent.state)) this.isAnswered(id)
    return [...lines]
  }
}

const isOver = (state: MessageState): boolean => state === 'failed' || state === 'cancelled'
export const isOnTheWay = (state: MessageState): boolean =>
  state === 'accepted' || state === 'waiting' || state === 'delivered'

const keyOf = (to: string, text: string): string => `${nameKey(to)}\n${text}`
