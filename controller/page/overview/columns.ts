/** The columns of the overview and what they are called: one list for the table's head and for the sort of the cards. */
import type { Counters } from '../../../shared/protocol/control.ts'
import type { SortKey } from './proxy-order.ts'

export type Counter = keyof Counters

export const COUNTERS = [
  { key: 'sent', label: 'Sent', meaning: 'messages accepted from its own peer since its start' },
  { key: 'delivered', label: 'Delivered', meaning: 'messages safe at their recipient’s proxy since its start' },
  { key: 'received', label: 'Received', meaning: 'messages taken from other proxies since its start' },
  { key: 'waiting', label: 'Waiting', meaning: 'messages in its outbox now' },
  { key: 'failed', label: 'Failed', meaning: 'messages given up since its start' },
  { key: 'asked', label: 'Asked', meaning: 'questions sent to an API since its start' },
] as const satisfies readonly { key: Counter; label: string; meaning: string }[]

export const COLUMNS: readonly { readonly key: SortKey; readonly label: string; readonly meaning?: string }[] = [
  { key: 'name', label: 'Name' },
  { key: 'status', label: 'Status' },
  { key: 'address', label: 'Address' },
  { key: 'lastSeen', label: 'Last seen' },
  { key: 'table', label: 'Routing table' },
  ...COUNTERS,
]

export const isCounterColumn = (key: SortKey): boolean => COUNTERS.some(counter => counter.key === key)
