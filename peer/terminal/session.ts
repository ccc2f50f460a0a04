/** What a person sees while the terminal is open: news of the peer as lines, each once, and marked as read. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { sameName } from '../../shared/protocol/names.ts'
import type { Me, Peer, PeerEventData } from '../../shared/protocol/peer-api.ts'
import type { GrowingAnswers } from './growing-answers.ts'
import { type Line, styled } from './line.ts'
import { dropAnswer, type Output } from './output.ts'
import type { PeerCalls } from './peer-calls.ts'
import type { PeerEvent } from './peer-events.ts'
import type { Seen } from './seen.ts'
import { lookUpSent } from './sent-look-up.ts'
import type { SentMessages } from './sent-messages.ts'

export type SessionParts = {
  readonly calls: PeerCalls
  readonly me: Me
  readonly answers: GrowingAnswers
  readonly sent: SentMessages
  readonly seen: Seen
  readonly output: Output
  /** Who is there, as far as it is known at the start. */
  readonly peers: readonly Peer[]
}

type News = Exclude<PeerEvent, { name: 'reset' }>

const LOOK_UP_PAUSE_MS = 1_000

export class Session {
  readonly #parts: SessionParts
  /** Events that came while it was being looked up what was missed; nothing is shown before that is done once. */
  #held: News[] | undefined = []
  #isLookingUp = false
  #isBegun = false
  #isLost = false
  /** Events were missed since the look-up that is under way began. */
  #isOutdated = false
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
        onConnected: ({ isAnew }) => {
          if (this.#isLost) output.print([[styled('mine', 'Connected again.')]])
          this.#isLost = false
          if (isAnew) this.#missed(signal)
        },
      },
      signal,
    )
    await Promise.all(this.#work)
  }

  #hear(event: PeerEvent, signal: AbortSignal): void {
    if (event.name === 'reset') this.#missed(signal)
    else if (this.#held !== undefined) this.#held.push(event)
    else this.#take(event)
  }

  /** What happened until now no event will tell. */
  #missed(signal: AbortSignal): void {
    this.#isOutdated = true
    // What is so now is told anew.
    this.#held = []
    if (this.#isLookingUp) return
    this.#isLookingUp = true
    this.#background(this.#lookUp(signal))
  }

  /** Looks up what no event will tell, as often as it takes; the events that come meanwhile are shown after it. */
  async #lookUp(signal: AbortSignal): Promise<void> {
    const { calls, sent, seen } = this.#parts
    while (!signal.aborted) {
      this.#isOutdated = false
      try {
        await (this.#isBegun ? seen.catchUp() : seen.begin())
        this.#isBegun = true
        await lookUpSent({ calls, sent }, record => this.#state(record))
        if (!this.#isOutdated) return this.#release()
      } catch {
        // The peer went away, which is said where its events are heard; or its disk fails, which it says to whoever writes.
        await sleep(LOOK_UP_PAUSE_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  #release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    this.#isLookingUp = false
    const isGrowing = (id: string) => held.some(({ name, data }) => name === 'delta' && data.id === id)
    for (const { id } of this.#parts.answers.present)
      if (!isGrowing(id)) dropAnswer(this.#parts, id, 'It was interrupted.')
    for (const event of held) this.#take(event)
  }

  #take(event: News): void {
    const { answers, sent, seen, output } = this.#parts
    switch (event.name) {
      case 'message':
        return this.#message(event.data)
      case 'state':
        return this.#state(event.data)
      case 'delta':
        if (seen.has(event.data.id)) return
        sent.isAnswered(event.data.replyTo)
        answers.write(event.data, new Date())
        return output.changed()
      case 'peers':
        this.#peers = event.data
        return output.print(sent.peersChanged(this.#reachable))
      case 'cleared': {
        const { conversation } = event.data
        for (const id of answers.find(conversation === null ? {} : { conversation }))
          dropAnswer(this.#parts, id, 'The conversation was cleared.')
        sent.forgetAll(conversation ?? undefined)
        return output.changed()
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
    const { calls, me, sent, seen } = this.#parts
    if (sent.has(record.id)) return this.#state(record)
    if (seen.has(record.id)) return
    seen.show(record, { stored: record.stored === true })
    if (!sameName(record.sender, me.name)) this.#background(calls.markRead(record.conversation))
  }

  #state(change: PeerEventData<'state'>): void {
    const { sent, answers, output } = this.#parts
    const lines = sent.changed(change, this.#reachable)
    const isCancelled = change.state === 'cancelled'
    const begun = isCancelled || change.state === 'failed' ? answers.find({ replyTo: change.id }) : []
    for (const id of begun) dropAnswer(this.#parts, id, isCancelled ? 'Stopped.' : 'It was interrupted.')
    if (!(isCancelled && begun.length > 0)) output.print(lines)
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
