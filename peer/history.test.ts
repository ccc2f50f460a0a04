import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../shared/process/store.ts'
import { openMemoryPeer } from '../test/harness/memory-peer.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { History } from './history.ts'
import { migrations } from './migrations.ts'

const STREAM = '5d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c01'
const LATER = '5d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c02'

function openHistory() {
  const store = openStore({ path: join(scratchFolder(), 'peer.db'), migrations })
  onTestFinished(() => store.close())
  const history = new History(store)
  const undelivered = () => history.undelivered('bob').map(({ id }) => id)
  return { store, history, undelivered }
}

test('undelivered are the own messages without a place or beyond the mark of their stream, newest first', async () => {
  const { store, history, undelivered } = openHistory()
  const [first, second, third, fourth, fifth] = Array.from({ length: 5 }, () => sampleMessage())
  if (!first || !second || !third || !fourth || !fifth) throw new Error('unreachable')
  await store.write(() => {
    for (const message of [first, second, third, fourth, fifth])
      history.add('bob', message, { outgoing: true, stored: false })
    history.add('bob', sampleMessage({ sender: 'bob' }), { outgoing: false, stored: false })
    history.add('Carol', sampleMessage({ destination: 'Carol' }), { outgoing: true, stored: false })
    history.place(first.id, { stream: STREAM, sequence: 1 })
    history.place(second.id, { stream: STREAM, sequence: 2 })
    history.place(third.id, { stream: LATER, sequence: 1 })
    history.setState(fifth.id, 'failed', 'No such peer.')
  })
  expect(undelivered()).toEqual([fourth.id, third.id, second.id, first.id])
  await store.write(() => history.setMarks('bob', { stream: STREAM, delivered: 1, received: 0, read: 0 }))
  expect(undelivered()).toEqual([fourth.id, third.id, second.id])
  await store.write(() => history.setMarks('bob', { stream: LATER, delivered: 1, received: 0, read: 0 }))
  expect(undelivered()).toEqual([fourth.id, second.id])
})

test('message that was given up in its place is not undelivered', async () => {
  const { store, history, undelivered } = openHistory()
  const message = sampleMessage()
  await store.write(() => {
    history.add('bob', message, { outgoing: true, stored: false })
    history.place(message.id, { stream: STREAM, sequence: 1 })
    history.setState(message.id, 'cancelled')
  })
  expect(undelivered()).toEqual([])
})

test('only reading that was not told yet is told, with the newest message that has a place', async () => {
  const { store, history } = openHistory()
  const add = (sequence: number) =>
    history.add('bob', sampleMessage({ sender: 'bob' }), {
      outgoing: false,
      stored: false,
      placement: { stream: STREAM, sequence },
    })
  await store.write(() => {
    add(1)
    add(2)
    history.reading.markRead('bob')
  })
  const [position] = history.reading.toTell()
  expect(position).toMatchObject({ name: 'bob', stream: STREAM, sequence: 2 })
  await store.write(() => {
    if (position !== undefined) history.reading.told(position)
    history.add('bob', sampleMessage(), { outgoing: true, stored: false })
    history.reading.markRead('bob')
  })
  expect(history.reading.toTell()).toMatchObject([{ name: 'bob', stream: null, sequence: null }])
})

test('history shows a message whose metadata an earlier version let in without it', async () => {
  const { tell, history, desk, app } = await openMemoryPeer()
  await tell({
    kind: 'message',
    cursor: 1,
    message: sampleMessage({ sender: 'bob', destination: 'alice' }),
    stored: false,
  })
  const poisoned = [
    `${'{"deep":'.repeat(4_150)}1${'}'.repeat(4_150)}`,
    '{"usage":{"input":9007199254740992,"output":1}}',
    '{"model":7}',
  ]
  for (const metadata of poisoned) {
    await desk.store.write(() => desk.store.run('UPDATE message SET metadata = ?', metadata))
    expect(history('bob')).toMatchObject([{ message: 'hello', metadata: {} }])
    for (const path of ['/api/conversations/bob/messages', '/api/conversations', '/api/search?q=hello'])
      expect((await app.request(path)).status).toBe(200)
  }
})
