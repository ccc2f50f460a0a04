/** Where the unread messages of a conversation begin. */
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { sameName } from './names.ts'

/** The id of the oldest of the last `count` messages that came from the other side; undefined if there is none. */
export function firstUnread(records: readonly MessageRecord[], count: number): string | undefined {
  const received = records.filter(record => sameName(record.sender, record.conversation))
  return count === 0 ? undefined : received.slice(-count)[0]?.id
}
