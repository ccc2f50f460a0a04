import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import type { ConversationRow, Peer } from '../../../shared/protocol/peer-api.ts'
import { listPeople, totalUnread } from './people.ts'

const peer = (name: string, kind: Peer['kind'] = 'person'): Peer => ({ id: name, name, kind, online: true })
const record = (conversation: string, minute: number): MessageRecord => ({
  id: '019aa000-0000-7000-8000-000000000000',
  sender: conversation,
  destination: 'me',
  message: 'hello',
  timestamp: `2025-11-21T09:${String(minute).padStart(2, '0')}:00.000Z`,
  type: 'chat',
  metadata: {},
  conversation,
  state: 'received',
})
const row = (name: string, minute: number | null, unread = 0): ConversationRow => ({
  peer: name,
  unread,
  last: minute === null ? null : record(name, minute),
})

test('listPeople puts the latest conversation first, then the others by kind and name', () => {
  const peers = [peer('GPT', 'ai'), peer('zoe'), peer('adam'), peer('meter', 'service'), peer('bob')]
  const people = listPeople(peers, [row('bob', 10), row('GPT', 20), row('zoe', null)])
  expect(people.map(person => person.name)).toEqual(['GPT', 'bob', 'adam', 'zoe', 'meter'])
})

test('listPeople finds a conversation whatever the case of its name', () => {
  expect(listPeople([peer('Bob')], [row('bob', 5, 3)])[0]?.row?.unread).toBe(3)
})

test('listPeople keeps history of a peer that the routes no longer name', () => {
  const gone = listPeople([], [row('carol', 1)])
  expect(gone).toMatchObject([{ name: 'carol', online: false, reachable: false }])
})

test('totalUnread adds up all conversations', () => {
  expect(totalUnread([row('a', 1, 2), row('b', 2, 5)])).toBe(7)
})
