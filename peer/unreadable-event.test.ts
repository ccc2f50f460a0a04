import { expect, test } from 'vitest'
import { openMemoryPeer } from '../test/harness/memory-peer.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { inPlaceOf, noticesIn } from './unreadable-event.ts'

const owner = { owner: 'alice', now: new Date('2026-01-02T03:04:05.000Z') }
const STREAM = '5d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c01'

test('a message that cannot be read is a notice in its conversation, at its place and cursor', async () => {
  const message = { ...sampleMessage({ sender: 'bob' }), type: 'dance' }
  const placement = { stream: STREAM, sequence: 4 }
  const event = inPlaceOf({ kind: 'message', cursor: 7, message, placement, stored: false }, 'it dances', owner)
  expect(event).toMatchObject({ kind: 'message', cursor: 7, placement, message: { id: message.id, sender: 'bob' } })
  if (event === undefined) throw new Error('nothing is told')
  const { tell, history, keptUpTo, desk } = await openMemoryPeer({ mode: 'canned' })
  await tell(event)
  expect(history('bob')).toMatchObject([
    { message: 'A message of bob arrived that cannot be shown: it dances.', type: 'notification' },
  ])
  expect([keptUpTo.all, desk.outbox.head()]).toEqual([[7], []])
})

test('a message without a sound id gets one, the same each time', () => {
  const event = { kind: 'message', cursor: 7, message: { id: 'no id', sender: 'bob' } }
  const first = inPlaceOf(event, 'no', owner)
  expect(first).toMatchObject({ kind: 'message', message: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } })
  expect(inPlaceOf(event, 'no', owner)).toEqual(first)
})

test('a failure that cannot be read is a failure all the same, and what has no cursor or sender is nothing', () => {
  const failed = { kind: 'failed', cursor: 3, id: sampleMessage().id, destination: 'GPT', reason: 9 }
  expect(inPlaceOf(failed, 'reason must be a text', owner)).toEqual({
    ...failed,
    ...{ reason: 'It failed, and why cannot be shown: reason must be a text.', cancelled: false },
  })
  for (const event of [null, [], 'x', { kind: 'dance' }, { kind: 'message', cursor: -1, message: { sender: 'bob' } }])
    expect(inPlaceOf(event, 'no', owner)).toBeUndefined()
})

test('a failure that cannot be kept as it came fails the message all the same', async () => {
  const { chat, desk, history } = await openMemoryPeer()
  const { id } = await chat.send('bob', { message: 'hello' })
  const failed = { kind: 'failed' as const, cursor: 3, id, destination: 'bob', reason: 'It broke.', cancelled: false }
  const show = await desk.store.write(() => noticesIn(desk, () => owner.now)(failed, 'no'))
  show()
  expect(history('bob')).toMatchObject([{ id, state: 'failed', reason: 'It failed, and why cannot be shown: no.' }])
})
