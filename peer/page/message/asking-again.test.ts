import { expect, test } from 'vitest'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import { type AnswerPlace, canAskAgain } from './asking-again.ts'

const record = (parts: Partial<MessageRecord>): MessageRecord => ({
  id: 'a',
  sender: 'GPT',
  destination: 'alice',
  message: 'text',
  timestamp: '2025-11-21T09:00:00.000Z',
  type: 'chat',
  metadata: {},
  conversation: 'GPT',
  state: 'received',
  ...parts,
})
const canAsk = (
  metadata: MessageRecord['metadata'],
  place: Partial<AnswerPlace> = {},
  question: Partial<MessageRecord> = {},
) => {
  const usual = { byApi: true, isLast: false, isNewest: true }
  return canAskAgain(record({ metadata }), { ...usual, ...place, question: record(question) })
}

test('the last answer can be asked for again, and an earlier one that ended well cannot', () => {
  expect(canAsk({ ending: 'stop' }, { isLast: true })).toBe(true)
  expect(canAsk({ ending: 'stop' })).toBe(false)
})

test.each([
  { ending: 'interrupted' },
  { ending: 'cancelled' },
  { error: { code: 'overloaded', retryable: true } },
] as const)('an answer that ended as %j can be asked for again wherever it stands, until it was', metadata => {
  expect(canAsk(metadata)).toBe(true)
  expect(canAsk(metadata, { isNewest: false, isLast: true })).toBe(false)
})

test('what failed for good is tried again where the failure is told, whoever answers', () => {
  const metadata = { error: { code: 'wrong_key', retryable: false } }
  expect(canAsk(metadata)).toBe(true)
  expect(canAsk(metadata, { byApi: false })).toBe(true)
})

test.each(['accepted', 'waiting', 'delivered'] as const)('nothing is asked again while its question is %s', state => {
  expect(canAsk({ ending: 'interrupted' }, { isLast: true }, { state })).toBe(false)
})

test('a question that a peer has can be asked again although nobody knows whether it is read', () => {
  expect(canAsk({ ending: 'interrupted' }, { byApi: false }, { state: 'delivered' })).toBe(true)
})

test('a command is not asked again', () => {
  expect(canAsk({ autoReply: true }, { isLast: true }, { type: 'command' })).toBe(false)
})

test('a command to an assistant is not asked again, and an answer without any text is', () => {
  const place = { question: record({}), byApi: false, isLast: true, isNewest: true }
  const notice = (metadata: MessageRecord['metadata']) => canAskAgain(record({ type: 'notification', metadata }), place)
  expect(notice({ autoReply: true, personality: 'happy' })).toBe(false)
  expect(notice({ autoReply: true, model: 'm', ending: 'stop' })).toBe(true)
  expect(notice({ autoReply: true, error: { code: 'overloaded', retryable: true } })).toBe(true)
})
