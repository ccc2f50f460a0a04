/** What peers show of a conversation, read through their public contract. */
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { HistoryPage, PAGE_MESSAGES } from '../../shared/protocol/peer-api.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

/** The whole conversation that a peer shows with another, oldest first. */
export async function conversation(url: string, peer: string): Promise<MessageRecord[]> {
  let all: MessageRecord[] = []
  let before: string | null = ''
  while (before !== null) {
    const cursor: string = before === '' ? '' : `&before=${before}`
    const answer = await call('GET', `${url}/api/conversations/${peer}/messages?limit=${PAGE_MESSAGES}${cursor}`)
    // A conversation begins with its first message.
    if (answer.status === 404) return all
    const page: HistoryPage = HistoryPage.parse(answer.body)
    all = [...page.messages, ...all]
    before = page.before
  }
  return all
}

/** The newest messages of a conversation, oldest first. */
export async function newest(url: string, peer: string): Promise<MessageRecord[]> {
  const answer = await call('GET', `${url}/api/conversations/${peer}/messages`)
  return answer.status === 404 ? [] : HistoryPage.parse(answer.body).messages
}

/** Messages that a peer shows as its own, to another. */
export const sentTo = async (url: string, peer: string): Promise<MessageRecord[]> =>
  (await conversation(url, peer)).filter(({ sender }) => sender !== peer)

/** Messages that a peer shows as another's. */
export const shownFrom = async (url: string, peer: string): Promise<MessageRecord[]> =>
  (await conversation(url, peer)).filter(({ sender }) => sender === peer)

/** Whether a message of one's own is in the other's peer. */
export const isThere = ({ state }: Pick<MessageRecord, 'state'>): boolean => state === 'received' || state === 'read'

/**
 * Resolves once everything that a peer shows as its own to another has reached the other's peer.
 * @throws {Error} after `withinMs`, with what is still under way
 */
export async function arrived(url: string, peer: string, withinMs: number): Promise<void> {
  const deadline = AbortSignal.timeout(withinMs)
  using client = await PeerClient.connect(url)
  for (;;) {
    const missing = (await sentTo(url, peer)).filter(message => !isThere(message))
    const last = missing.at(-1)
    if (last === undefined) return
    const late = () =>
      new Error(`${missing.length} messages to ${peer} did not arrive within ${withinMs} ms: ${JSON.stringify(last)}`)
    if (deadline.aborted) throw late()
    const moved = client.event(event => event.name === 'state' && event.data.id === last.id && isThere(event.data))
    await Promise.race([moved, aborted(deadline)])
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
