/** What the terminal client asks of a peer: its public contract, each answer checked where it comes in. */
import { setTimeout as sleep } from 'node:timers/promises'
import { followEvents } from '../../shared/process/event-source.ts'
import { CallRefusedError, type HttpClient } from '../../shared/process/http-client.ts'
import { errorText } from '../../shared/protocol/errors.ts'
import { jsonOrNothing } from '../../shared/protocol/json.ts'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import {
  type ConversationRow,
  Conversations,
  HistoryPage,
  Links,
  Me,
  MessageAccepted,
  type Peer,
  Peers,
  SearchHits,
} from '../../shared/protocol/peer-api.ts'
import type { PeerPlace } from './find-peer.ts'
import { type PeerEvent, parseEvent } from './peer-events.ts'

/** The peer does not answer. */
export class UnreachableError extends Error {
  constructor({ name, url }: PeerPlace, cause: unknown) {
    const { port } = new URL(url)
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    const [why, help] =
      code === 'ECONNREFUSED'
        ? [
            `nothing listens on port ${port}`,
            'Start the overlay: npx tsx startup.ts (with its --port-base N, if it has one, give the same here).',
          ]
        : [errorText(cause).replace(/\.$/, ''), 'How it is: npx tsx startup.ts status']
    super(`Cannot reach ${name}'s peer at ${url}: ${why}. ${help}`)
  }
}

/** A peer that is started again is back within a second or two. */
const PATIENCE_MS = 10_000
const PAUSE_MS = 250
/** Most bytes of an answer: 200 of the longest messages, the most that a page of history has, have room in it. */
const PAGE_BYTES = 128 * 1024 * 1024

export type Follower = {
  readonly onEvent: (event: PeerEvent) => void
  /** The connection is lost, or could not be made; it is tried again by itself. */
  readonly onLost: () => void
  /** `isAnew`: what happened before this connection is not told. */
  readonly onConnected: (connection: { readonly isAnew: boolean }) => void
}

export class PeerCalls {
  readonly place: PeerPlace
  readonly #client: HttpClient
  readonly #signal: AbortSignal

  /** @param signal aborts when the terminal is left: whatever is under way ends */
  constructor(place: PeerPlace, client: HttpClient, signal: AbortSignal) {
    this.place = place
    this.#client = client
    this.#signal = signal
  }

  async me(): Promise<Me> {
    return Me.parse(await this.#call('GET', '/api/me'))
  }

  async peers(): Promise<Peer[]> {
    return Peers.parse(await this.#call('GET', '/api/peers'))
  }

  /** Whether its own proxy answers: without it nobody is known to be online. */
  async isConnected(): Promise<boolean> {
    return Links.parse(await this.#call('GET', '/api/links')).connected
  }

  async conversations(): Promise<ConversationRow[]> {
    return Conversations.parse(await this.#call('GET', '/api/conversations'))
  }

  async page(peer: string, { before, limit }: { before?: string | null; limit: number }): Promise<HistoryPage> {
    const cursor = before ? `&before=${before}` : ''
    return HistoryPage.parse(await this.#call('GET', `${conversation(peer)}/messages?limit=${limit}${cursor}`))
  }

  /** Sends until an answer comes, for a while: the peer knows the id, so that a message sent twice is one message. */
  async send(to: string, message: { readonly id: string; readonly message: string }): Promise<MessageAccepted> {
    const path = `${conversation(to)}/messages`
    return MessageAccepted.parse(await this.patiently(() => this.#call('POST', path, message)))
  }

  /** Repeats a call that changes nothing when it is repeated until the peer answers, for a while. */
  async patiently<T>(call: () => Promise<T>): Promise<T> {
    const began = performance.now()
    for (;;) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof UnreachableError) || performance.now() - began > PATIENCE_MS) throw error
      }
      await sleep(PAUSE_MS, undefined, { signal: this.#signal })
    }
  }

  async markRead(peer: string): Promise<void> {
    await this.#call('POST', `${conversation(peer)}/read`)
  }

  async cancel(id: string): Promise<void> {
    await this.#call('POST', `/api/messages/${id}/cancel`)
  }

  async retry(id: string): Promise<MessageAccepted> {
    return MessageAccepted.parse(await this.#call('POST', `/api/messages/${id}/retry`))
  }

  async search(words: string): Promise<MessageRecord[]> {
    return SearchHits.parse(await this.#call('GET', `/api/search?q=${encodeURIComponent(words)}`))
  }

  /** Resolves when `signal` aborts. A connection that was lost goes on behind the last event that was heard. */
  async follow({ onEvent, onLost, onConnected }: Follower, signal: AbortSignal): Promise<void> {
    let lastEventId: string | undefined
    await followEvents({
      client: this.#client,
      url: () => `${this.place.url}/api/events`,
      headers: () => (lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      signal: AbortSignal.any([this.#signal, signal]),
      random: Math.random,
      onData: (data, { event, id }) => {
        const known = parseEvent(event ?? '', jsonOrNothing(data))
        if (known !== undefined) onEvent(known)
        lastEventId = id ?? lastEventId
      },
      onClosed: onLost,
      onConnected: () => onConnected({ isAnew: lastEventId === undefined }),
    })
  }

  /** @throws {UnreachableError | CallRefusedError} */
  async #call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    try {
      const call = { signal: this.#signal, body, answerBytes: PAGE_BYTES }
      return await this.#client.json(method, `${this.place.url}${path}`, call)
    } catch (error) {
      if (error instanceof CallRefusedError || this.#signal.aborted) throw error
      throw new UnreachableError(this.place, error)
    }
  }
}

const conversation = (peer: string): string => `/api/conversations/${encodeURIComponent(peer)}`
