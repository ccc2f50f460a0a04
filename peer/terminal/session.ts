/** What a person sees while the terminal is open: news of the peer as lines, each once, and marked as read. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { sameName } from '../../shared/protocol/names.ts'
import { type Me, PAGE_MESSAGES, type Peer, type PeerEventData } from '../../shared/protocol/peer-api.ts'
import type { GrowingAnswers } from './growing-answers.ts'
import { type Line, styled } from './line.ts'
import { unseen } from './looking-back.ts'
import type { Output } from './output.ts'
import type { PeerCalls } from './peer-calls.ts'
import type { PeerEvent } from './peer-events.ts'
import { recordLines } from './record-lines.ts'
import type { SentMessages } from './sent-messages.ts'

export type SessionParts = {
  readonly calls: PeerCalls
  readonly me: Me
  readonly answers: GrowingAnswers
  readonly sent: SentMessages
  readonly output: Output
  /** Who is there, as far as it is known at the start. */
  readonly peers: readonly Peer[]
}

type Shown = Exclude<PeerEvent, { name: 'reset' }>

const CATCH_UP_PAUSE_MS = 1_000

export class Session {
  readonly #parts: SessionParts
  readonly #shown = new Set<string>()
  /** Events that came while it was being looked up what was missed. */
  #held: Shown[] | undefined = []
  #isLost = false
  #connection: PeerEventData<'connection'> | undefined
  #peers: readonly Peer[]
  readonly #work = new Set<Promise<void>>()

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#peers = parts.peers
  }

  get peers(): readonly Peer[] {
    return this.#peers
  }

  /** Resolves when the signal aborts and nothing is under way any more. */
  async run(signal: AbortSignal): Promise<void> {
    const { calls, output, me } = this.#parts
    await calls.follow(
      {
        onEvent: event => this.#hear(event, signal),
        onLost: () => {
          if (this.#isLost || signal.aborted) return
          this.#isLost = true
          output.print([[styled('error', `The connection to ${me.name}'s peer is lost; it is tried again by itself.`)]])
        },
        onConnected: () => {
          if (this.#isLost) output.print([[styled('mine', 'Connected again.')]])
          this.#isLost = false
        },
      },
      signal,
    )
    await Promise.all(this.#work)
  }

  /** Shows what was not yet seen, then what came meanwhile. @throws when the peer does not answer */
  async begin(): Promise<void> {
    await this.check()
    this.#release()
  }

  /** Shows what was not yet seen, and marks it read. @returns how many messages that were */
  async check(): Promise<number> {
    const { calls } = this.#parts
    const { conversations, shown } = await this.look()
    let count = shown
    for (const peer of conversations) {
      await calls.markRead(peer)
      count += await this.#showLate(peer)
    }
    return count
  }

  /** Shows what was not yet seen. */
  async look(): Promise<{ conversations: string[]; shown: number }> {
    const unread = await unseen(this.#parts.calls)
    const messages = unread.filter(({ id }) => !this.#shown.has(id))
    for (const message of messages) this.#show(message, { stored: true })
    return { conversations: [...new Set(unread.map(({ conversation }) => conversation))], shown: messages.length }
  }

  /** What came before it was marked read and after it was looked up is read now, and was not shown yet. */
  async #showLate(peer: string): Promise<number> {
    const { messages } = await this.#parts.calls.page(peer, { limit: PAGE_MESSAGES })
    const newer = messages.slice(messages.findLastIndex(({ id }) => this.#shown.has(id)) + 1)
    const late = newer.filter(({ sender }) => sameName(sender, peer))
    for (const message of late) this.#show(message, { stored: true })
    return late.length
  }

  #hear(event: PeerEvent, signal: AbortSignal): void {
    if (event.name === 'reset') {
      if (this.#held !== undefined) return
      this.#held = []
      this.#background(this.#catchUp(signal))
    } else if (this.#held !== undefined) this.#held.push(event)
    else this.#take(event)
  }

  /** Events were missed: what they would have told is looked up. */
  async #catchUp(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.begin()
        return
      } catch {
        // The peer went away again: it is asked once more when it is back.
        await sleep(CATCH_UP_PAUSE_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  #release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const event of held) this.#take(event)
  }

  #take(event: Shown): void {
    const { answers, sent, output } = this.#parts
    switch (event.name) {
      case 'message':
        return this.#message(event.data)
      case 'state':
        return this.#state(event.data)
      case 'delta':
        if (this.#shown.has(event.data.id)) return
        sent.isAnswered(event.data.replyTo)
        answers.write(event.data, new Date())
        return output.changed()
      case 'peers':
        this.#peers = event.data
        return output.print(sent.peersChanged(this.#reachable))
      case 'cleared': {
        const { conversation } = event.data
        for (const id of answers.find(conversation === null ? {} : { conversation }))
          output.end(answers.drop(id, 'The conversation was cleared.', new Date()))
        return
      }
      case 'connection':
        return this.#connected(event.data)
      default:
        event satisfies never
    }
  }

  /** Whose presence is known: without the own proxy nobody's is. */
  get #reachable(): readonly Peer[] {
    return this.#connection?.proxy === false ? [] : this.#peers
  }

  #message(record: MessageRecord): void {
    const { calls, me, sent, answers, output } = this.#parts
    if (sent.has(record.id)) return this.#state(record)
    if (this.#shown.has(record.id)) return
    const { replyTo, error } = record.metadata
    sent.isAnswered(replyTo)
    if (error !== undefined && replyTo !== undefined) sent.isExplained(replyTo)
    this.#show(record, { stored: record.stored === true })
    // Its question got another message, such as the notice of a failure: nothing more comes of it.
    if (replyTo !== undefined)
      for (const id of answers.find({ replyTo })) output.end(answers.drop(id, 'It was interrupted.', new Date()))
    if (!sameName(record.sender, me.name)) this.#background(calls.markRead(record.conversation))
  }

  #show(record: MessageRecord, manner: { stored: boolean }): void {
    const { me, answers, output } = this.#parts
    const now = new Date()
    this.#shown.add(record.id)
    if (answers.has(record.id)) output.end(answers.finish(record, now))
    else output.print(recordLines(record, { me: me.name, now }, manner))
  }

  #state(change: PeerEventData<'state'>): void {
    const { sent, answers, output } = this.#parts
    const lines = sent.changed(change, this.#reachable)
    if (change.state === 'failed' || change.state === 'cancelled') {
      sent.isAnswered(change.id)
      for (const id of answers.find({ replyTo: change.id }))
        output.end(answers.drop(id, change.state === 'failed' ? 'It was interrupted.' : 'Stopped.', new Date()))
    }
    output.print(lines)
    output.changed()
  }

  #connected(now: PeerEventData<'connection'>): void {
    const { output } = this.#parts
    const words = connectionWords(this.#connection, now)
    this.#connection = now
    output.print(words)
  }

  /** What fails of it shows again: a mark of reading that was not taken is made with the next message. */
  #background(work: Promise<void>): void {
    const done = work.catch(() => undefined).finally(() => this.#work.delete(done))
    this.#work.add(done)
  }
}

function connectionWords(before: PeerEventData<'connection'> | undefined, now: PeerEventData<'connection'>): Line[] {
  if (before?.proxy !== false && !now.proxy)
    return [[styled('notice', 'Your own proxy is not reachable: messages are saved, and go out when it is back.')]]
  if (before?.proxy === false && now.proxy) return [[styled('mine', 'Your own proxy is reachable again.')]]
  return []
}
