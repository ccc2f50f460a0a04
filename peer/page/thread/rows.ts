/** What stands in the log, line by line: days, the unread mark, and messages in runs of one sender. */
import { dayKey } from '../../../shared/page/time.ts'
import type { MessageRecord } from '../../../shared/protocol/message.ts'

/** A longer silence begins a new run. */
const RUN_MS = 5 * 60_000

export type Row<Item> =
  | { readonly kind: 'day'; readonly key: string; readonly timestamp: string }
  | { readonly kind: 'unread'; readonly key: string }
  | {
      readonly kind: 'message'
      readonly key: string
      readonly item: Item
      readonly opens: boolean
      readonly closes: boolean
    }

/** `recordOf` gives what is shown of an item; `unreadFrom` is the id of the first unread message. */
export function layOut<Item>(
  items: readonly Item[],
  recordOf: (item: Item) => MessageRecord,
  unreadFrom: string | null,
): readonly Row<Item>[] {
  return items.flatMap((item, index): Row<Item>[] => {
    const record = recordOf(item)
    const [previous, next] = [items[index - 1], items[index + 1]].map(other => other && recordOf(other))
    const isUnreadMark = record.id === unreadFrom
    const opens = previous === undefined || isUnreadMark || !areOneRun(previous, record)
    const closes = next === undefined || next.id === unreadFrom || !areOneRun(record, next)
    const rows: Row<Item>[] = []
    if (previous === undefined || dayKey(previous.timestamp) !== dayKey(record.timestamp)) {
      rows.push({ kind: 'day', key: `day ${record.id}`, timestamp: record.timestamp })
    }
    if (isUnreadMark) rows.push({ kind: 'unread', key: 'unread' })
    rows.push({ kind: 'message', key: record.id, item, opens, closes })
    return rows
  })
}

function areOneRun(first: MessageRecord, second: MessageRecord): boolean {
  return (
    first.sender === second.sender &&
    first.type === second.type &&
    first.metadata.autoReply === second.metadata.autoReply &&
    first.stored === second.stored &&
    dayKey(first.timestamp) === dayKey(second.timestamp) &&
    Date.parse(second.timestamp) - Date.parse(first.timestamp) < RUN_MS
  )
}
