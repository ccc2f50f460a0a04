import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { layOut } from './rows.ts'

const said = (id: string, sender: string, localTime: string): MessageRecord => ({
  id,
  sender,
  destination: 'x',
  message: id,
  timestamp: new Date(localTime).toISOString(),
  type: 'chat',
  metadata: {},
  conversation: 'bob',
  state: 'received',
})

/** One letter a row: D day, U unread mark, and for a message its id, in brackets where a run opens and closes. */
const drawn = (records: MessageRecord[], unreadFrom: string | null = null) =>
  layOut(records, record => record, unreadFrom)
    .map(row => {
      if (row.kind !== 'message') return row.kind === 'day' ? 'D' : 'U'
      return `${row.opens ? '[' : ''}${row.item.id}${row.closes ? ']' : ''}`
    })
    .join(' ')

test('layOut groups what one sender says without a long pause', () => {
  const records = [
    said('a', 'bob', '2025-11-21T09:00:00'),
    said('b', 'bob', '2025-11-21T09:02:00'),
    said('c', 'me', '2025-11-21T09:03:00'),
    said('d', 'me', '2025-11-21T09:20:00'),
  ]
  expect(drawn(records)).toBe('D [a b] [c] [d]')
})

test('layOut begins every day with its mark and a new run', () => {
  expect(drawn([said('a', 'bob', '2025-11-20T23:59:00'), said('b', 'bob', '2025-11-21T00:01:00')])).toBe('D [a] D [b]')
})

test('layOut breaks a run at the unread mark', () => {
  const records = [said('a', 'bob', '2025-11-21T09:00:00'), said('b', 'bob', '2025-11-21T09:01:00')]
  expect(drawn(records, 'b')).toBe('D [a] U [b]')
})

test('layOut begins a new run where messages that waited on the way end: its head says that they are stored', () => {
  const [first, second] = [said('a', 'bob', '2025-11-21T09:00:00'), said('b', 'bob', '2025-11-21T09:01:00')]
  expect(drawn([{ ...first, stored: true }, second])).toBe('D [a] [b]')
  expect(
    drawn([
      { ...first, stored: true },
      { ...second, stored: true },
    ]),
  ).toBe('D [a b]')
})

test('layOut of nothing is nothing', () => {
  expect(drawn([])).toBe('')
})
