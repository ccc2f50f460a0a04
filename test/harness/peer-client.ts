/** A program that uses a peer through its public contract, as a page would. */
import { createParser } from 'eventsource-parser'
import type { MessageRecord } from '../../shared/protocol/message.ts'
import {
  type ConversationRow,
  Conversations,
  HistoryPage,
  MessageAccepted,
  type PeerEventData,
  type PeerEventName,
  PeerEvents,
  Peers,
} from '../../shared/protocol/peer-api.ts'

export type HeardEvent = { [N in PeerEventName]: { name: N; data: PeerEventData<N> } }[PeerEventName]

export type Answer = { status: number; body: unknown; headers: Headers }

/** One JSON call; never throws for an error status. */
export async function call(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const init =
    body === undefined
      ? {}
      : {
          body: typeof body === 'string' ? body : JSON.stringify(body),
          headers: { 'content-type': 'application/json', ...headers },
        }
  const response = await fetch(url, { method, headers, ...init })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers }
}

/** Follows `GET /api/events` and lets a test await what it is waiting for. */
export class PeerClient implements Disposable {
  readonly url: string
  readonly heard: HeardEvent[] = []
  lastEventId = ''
  readonly #stop = new AbortController()
  readonly #waiting = new Set<() => void>()

  constructor(url: string) {
    this.url = url
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<PeerClient> {
    const client = new PeerClient(url)
    const response = await fetch(`${url}/api/events`, { headers, signal: client.#stop.signal })
    void client.#read(response).catch(() => undefined)
    return client
  }

  async send(to: string, message: string, id?: string): Promise<string> {
    const answer = await call(
      'POST',
      `${this.url}/api/conversations/${to}/messages`,
      id === undefined ? { message } : { message, id },
    )
    if (answer.status !== 202) throw new Error(`${to} was refused: ${answer.status} ${JSON.stringify(answer.body)}`)
    return MessageAccepted.parse(answer.body).id
  }

  async history(peer: string): Promise<MessageRecord[]> {
    const answer = await call('GET', `${this.url}/api/conversations/${peer}/messages?limit=200`)
    return HistoryPage.parse(answer.body).messages
  }

  /** After this no API is answering, and nothing is unread. */
  async comesToRest(): Promise<void> {
    const apis = Peers.parse((await call('GET', `${this.url}/api/peers`)).body).filter(
      ({ model }) => model !== undefined,
    )
    for (;;) {
      const rows = Conversations.parse((await call('GET', `${this.url}/api/conversations`)).body)
      const isAsked = ({ peer, last }: ConversationRow) =>
        apis.some(({ name }) => name === peer) && (last?.state === 'accepted' || last?.state === 'delivered')
      for (const { peer, unread } of rows)
        if (unread > 0) await call('POST', `${this.url}/api/conversations/${peer}/read`)
      if (!rows.some(isAsked)) return
    }
  }

  /** The first event, of all heard so far and all to come, that `matches`. */
  async event(matches: (event: HeardEvent) => boolean): Promise<HeardEvent> {
    for (;;) {
      const found = this.heard.find(matches)
      if (found !== undefined) return found
      await new Promise<void>(resolve => this.#waiting.add(resolve))
    }
  }

  async message(matches: (message: MessageRecord) => boolean): Promise<MessageRecord> {
    const found = await this.event(event => event.name === 'message' && matches(event.data))
    if (found.name !== 'message') throw new Error('unreachable')
    return found.data
  }

  async state(id: string, state: string): Promise<HeardEvent> {
    return this.event(event => event.name === 'state' && event.data.id === id && event.data.state === state)
  }

  /** Resolves once the newest list of peers says so: an earlier list, of before, does not count. */
  async sees(name: string, { online }: { online: boolean }): Promise<void> {
    const isSo = () => {
      const newest = this.heard.findLast(event => event.name === 'peers')
      return newest?.name === 'peers' && newest.data.some(peer => peer.name === name && peer.online === online)
    }
    while (!isSo()) await new Promise<void>(resolve => this.#waiting.add(resolve))
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
  }

  async #read(response: Response): Promise<void> {
    const parser = createParser({
      onEvent: ({ event, data, id }) => {
        this.lastEventId = id ?? this.lastEventId
        const parsed = parseEvent(event ?? '', JSON.parse(data))
        if (parsed !== undefined) this.heard.push(parsed)
        for (const waiting of [...this.#waiting]) waiting()
        this.#waiting.clear()
      },
    })
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }))
  }
}

const isName = (name: string): name is PeerEventName => name in PeerEvents

/** Every event is checked against the contract's schema. */
function parseEvent(name: string, data: unknown): HeardEvent | undefined {
  if (!isName(name)) throw new Error(`an event of no known name: ${name}`)
  return { name, data: PeerEvents[name].parse(data) } as HeardEvent
}
