import { expect, test } from 'vitest'
import type { MessageState } from '../../../shared/protocol/message.ts'
import { deliveryWords } from './delivery-words.ts'

const kept = { kind: 'kept' } as const
const words = (state: MessageState, reason?: string) =>
  deliveryWords(reason === undefined ? { state } : { state, reason }, kept).words

test('deliveryWords names each state with the word of the contract', () => {
  for (const state of ['accepted', 'delivered', 'received', 'read', 'cancelled'] as const)
    expect(words(state)).toBe(state)
})

test('deliveryWords says why a message waits or failed', () => {
  expect(words('waiting', 'bob is offline. Message saved.')).toBe('waiting – bob is offline. Message saved.')
  expect(words('failed', 'too old')).toBe('failed – too old')
  expect(words('failed')).toBe('failed')
})

test('deliveryWords of a message that the peer did not take ignores its record', () => {
  const unsent = deliveryWords({ state: 'accepted' }, { kind: 'unsent', reason: 'no answer in time' })
  expect(unsent).toMatchObject({ words: 'not sent – no answer in time', tone: 'failed' })
})
