/** What ↑ brings back at the start: what was sent last, by whichever way, as it would be typed. */
import { sameName } from '../../shared/protocol/names.ts'
import type { PeerCalls } from './peer-calls.ts'
import { isTypeable } from './visible.ts'

const REMEMBERED = 100
const OF_EACH = 50

/** @returns lines such as `bob: hello`, newest first */
export async function typedHistory(calls: Pick<PeerCalls, 'conversations' | 'page'>, me: string): Promise<string[]> {
  const rows = await calls.conversations()
  const pages = await Promise.all(rows.map(({ peer }) => calls.page(peer, { limit: OF_EACH })))
  const mine = pages
    .flatMap(({ messages }) => messages)
    .filter(({ sender, message }) => sameName(sender, me) && isTypeable(message))
  mine.sort((a, b) => (a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : 0))
  return mine.slice(0, REMEMBERED).map(({ conversation, message }) => `${conversation}: ${message}`)
}
