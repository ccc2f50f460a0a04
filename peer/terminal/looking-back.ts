/** What was said before: pages of history as far back as needed, and what was not yet seen of all conversations. */
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { sameName } from '../../shared/protocol/names.ts'
import { PAGE_MESSAGES } from '../../shared/protocol/peer-api.ts'
import type { PeerCalls } from './peer-calls.ts'

type Pages = Pick<PeerCalls, 'page'>

/** The newest messages exchanged with a peer, oldest first: as many pages as it takes until they are enough. */
export async function newest(
  calls: Pages,
  peer: string,
  { limit = PAGE_MESSAGES, isEnough }: { limit?: number; isEnough: (messages: readonly MessageRecord[]) => boolean },
): Promise<MessageRecord[]> {
  let messages: MessageRecord[] = []
  let before: string | null = null
  do {
    const page = await calls.page(peer, { before, limit: Math.min(limit, PAGE_MESSAGES) })
    messages = [...page.messages, ...messages]
    before = page.before
  } while (before !== null && !isEnough(messages))
  return messages
}

export async function lastMessages(calls: Pages, peer: string, count: number): Promise<MessageRecord[]> {
  const isEnough = (messages: readonly MessageRecord[]) => messages.length >= count
  return (await newest(calls, peer, { limit: count, isEnough })).slice(-count)
}

/** What others wrote and nobody has seen yet, oldest first over all conversations. */
export async function unseen(calls: Pages & Pick<PeerCalls, 'conversations'>): Promise<MessageRecord[]> {
  const rows = (await calls.conversations()).filter(row => row.unread > 0)
  const found = await Promise.all(rows.map(({ peer, unread }) => lastOfOthers(calls, peer, unread)))
  return inOrder(found)
}

async function lastOfOthers(calls: Pages, peer: string, count: number): Promise<MessageRecord[]> {
  const ofOthers = (messages: readonly MessageRecord[]) => messages.filter(({ sender }) => sameName(sender, peer))
  const isEnough = (messages: readonly MessageRecord[]) => ofOthers(messages).length >= count
  return ofOthers(await newest(calls, peer, { isEnough })).slice(-count)
}

/** By time, but never against the order of a conversation: clocks of two machines need not agree. */
export function inOrder(conversations: readonly (readonly MessageRecord[])[]): MessageRecord[] {
  const timed = conversations.flatMap(messages => {
    let latest = ''
    return messages.map(message => {
      if (message.timestamp > latest) latest = message.timestamp
      return { message, at: latest }
    })
  })
  return timed.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ message }) => message)
}
