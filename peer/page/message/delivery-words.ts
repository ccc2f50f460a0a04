/** How far a message of the reader's own has come, in words and as a mark. */
import type { IconName } from '../../../shared/page/icon.tsx'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import type { Progress } from '../state/entry.ts'

export interface DeliveryWords {
  readonly words: string
  readonly icon: IconName
  /** `settled` needs no attention, `read` is good news, `waiting` may take a while, `failed` needs the reader. */
  readonly tone: 'settled' | 'read' | 'waiting' | 'failed'
}

export function deliveryWords(record: Pick<MessageRecord, 'state' | 'reason'>, progress: Progress): DeliveryWords {
  if (progress.kind === 'sending') return { words: 'sending…', icon: 'clock', tone: 'settled' }
  if (progress.kind === 'unsent') return { words: `not sent – ${progress.reason}`, icon: 'warning', tone: 'failed' }
  const because = record.reason === undefined ? '' : ` – ${record.reason}`
  switch (record.state) {
    case 'accepted':
      return { words: 'accepted', icon: 'check', tone: 'settled' }
    case 'delivered':
    case 'received':
      return { words: record.state, icon: 'checks', tone: 'settled' }
    case 'read':
      return { words: 'read', icon: 'checks', tone: 'read' }
    case 'waiting':
      return { words: `waiting${because}`, icon: 'clock', tone: 'waiting' }
    case 'failed':
      return { words: `failed${because}`, icon: 'warning', tone: 'failed' }
    case 'cancelled':
      return { words: `cancelled${because}`, icon: 'close', tone: 'settled' }
    default:
      return record.state satisfies never
  }
}
