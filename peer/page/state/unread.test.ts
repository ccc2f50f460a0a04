import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { firstUnread } from './unread.ts'

const said = (sender: string, id: string): MessageRecord => ({
  id,
  sender,
  destination: sender === 'bob' ? 'alice' : 'bob',
  message: id,
  timestamp: '2025-11-21T09:00:00.000Z',
  type: 'chat',
  metadata: {},
  conversation: 'bob',
  state: 'received',
})
const talk = [said('bob', '1'), said('alice', '2'), said('Bob', '3'), said('alice', '4'), said('bob', '5')]

test('firstUnread counts only what the other side wrote', () => {
  expect(firstUnread(talk, 1)).toBe('5')
  expect(firstUnread(talk, 2)).toBe('3')
})

test('firstUnread is undefined when all is read', () => {
  expect(firstUnread(talk, 0)).toBeUndefined()
})

test('firstUnread stops at the oldest message that is here', () => {
  expect(firstUnread(talk, 99)).toBe('1')
})
