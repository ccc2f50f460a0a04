import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { Conversation } from './conversation.ts'

const record = (id: string, more: Partial<MessageRecord> = {}): MessageRecord => ({
  id,
  sender: 'BOT',
  destination: 'alice',
  message: `text of ${id}`,
  timestamp: '2025-11-21T09:00:00.000Z',
  type: 'chat',
  metadata: {},
  conversation: 'BOT',
  state: 'received',
  ...more,
})
const piece = (text: string, offset: number) => ({
  id: 'answer',
  conversation: 'BOT',
  replyTo: 'question',
  text,
  offset,
})
const ids = (conversation: Conversation) => conversation.entries.value.map(entry => entry.id)

test('conversation replaces a message that comes again instead of showing it twice', () => {
  const conversation = new Conversation('BOT')
  expect(conversation.put(record('a'))).toBe(true)
  expect(conversation.put(record('a', { message: 'changed' }))).toBe(false)
  expect(conversation.entries.value.map(entry => entry.text.value)).toEqual(['changed'])
})

test('conversation grows an answer piece by piece and lets the whole message replace it', () => {
  const conversation = new Conversation('BOT')
  conversation.write(piece('Hel', 0), 'alice')
  conversation.write(piece('lo', 3), 'alice')
  expect(conversation.get('answer')?.text.value).toBe('Hello')
  expect(conversation.writing.value).toHaveLength(1)

  conversation.put(record('answer', { message: 'Hello.' }))
  conversation.write(piece('late', 6), 'alice')
  expect(conversation.get('answer')?.text.value).toBe('Hello.')
  expect(conversation.writing.value).toHaveLength(0)
  expect(ids(conversation)).toEqual(['answer'])
})

test('conversation shows what its own peer writes as the words of the reader', () => {
  const conversation = new Conversation('BOT')
  conversation.write({ ...piece('Hel', 0), own: true }, 'alice')
  expect(conversation.get('answer')?.record.value).toMatchObject({ sender: 'alice', destination: 'BOT' })
})

test('conversation ends a growing answer when its question gets the notice of a failure', () => {
  const conversation = new Conversation('BOT')
  conversation.write(piece('Hel', 0), 'alice')
  conversation.put(record('notice', { type: 'notification', metadata: { replyTo: 'question' } }))
  expect(ids(conversation)).toEqual(['notice'])
  expect(conversation.writing.value).toHaveLength(0)
})

test('conversation forgets the reason when a state has none', () => {
  const conversation = new Conversation('BOT')
  conversation.put(record('a', { state: 'waiting', reason: 'BOT is offline.' }))
  conversation.setState({ id: 'a', conversation: 'BOT', state: 'delivered' })
  expect(conversation.get('a')?.record.value).toMatchObject({ state: 'delivered' })
  expect(conversation.get('a')?.record.value.reason).toBeUndefined()
})

test('conversation ends growing answers that turn out to be in the history', () => {
  const conversation = new Conversation('BOT')
  conversation.write(piece('Hel', 0), 'alice')
  conversation.showNewest({ messages: [record('answer', { message: 'Hello' })], before: null }, conversation.ids())
  expect(conversation.writing.value).toHaveLength(0)
  expect(conversation.get('answer')?.text.value).toBe('Hello')
})

test('conversation that is read again looks for what is older than its oldest message, also where it began', () => {
  const conversation = new Conversation('BOT')
  conversation.showNewest({ messages: [record('a'), record('b')], before: null }, new Set())
  conversation.put(record('c'))
  conversation.showNewest({ messages: [record('b'), record('c')], before: 'b' }, conversation.ids())
  expect(ids(conversation)).toEqual(['a', 'b', 'c'])
  expect(conversation.before.value).toBe('a')
})

test('conversation puts older pages in front, without repeating what is here', () => {
  const conversation = new Conversation('BOT')
  conversation.showNewest({ messages: [record('c'), record('d')], before: '3' }, new Set())
  conversation.showOlder({ messages: [record('a'), record('b'), record('c')], before: null })
  expect(ids(conversation)).toEqual(['a', 'b', 'c', 'd'])
  expect(conversation.before.value).toBeNull()
})
