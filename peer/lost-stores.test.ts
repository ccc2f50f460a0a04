import { v4 as uuidv4 } from 'uuid'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { openMemoryPeer } from '../test/harness/memory-peer.ts'
import { sampleMessage } from '../test/harness/samples.ts'

const Count = z.object({ count: z.int() })
const OLD = '5d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c01'
const NEW = '6d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c02'
const FIRST_DISK = 'disk one'
const SECOND_DISK = 'disk two'

/** A peer that sent bob five messages: the first was received, three are delivered, the fifth waits. */
async function fiveSent() {
  const peer = await openMemoryPeer()
  await peer.arrivals.met(FIRST_DISK)
  const ids: string[] = []
  for (const message of ['1', '2', '3', '4', '5']) ids.push((await peer.chat.send('bob', { message })).id)
  await peer.arrivals.handedOver(
    ids.map((id, index) => ({ id, state: 'accepted', placement: { stream: OLD, sequence: index + 1 } })),
    peer.desk.outbox.head(),
  )
  await peer.tell({ kind: 'progress', destination: 'bob', marks: { stream: OLD, delivered: 4, received: 1, read: 0 } })
  const states = () => peer.history('bob').map(({ message, state }) => `${message} ${state}`)
  return { ...peer, ids, states }
}

test('a proxy with another disk is handed again, in order and before all else, what is not known to be received', async () => {
  const { arrivals, chat, desk, states } = await fiveSent()
  await chat.send('bob', { message: '6' })
  expect(desk.outbox.head().map(({ message }) => message)).toEqual(['6'])
  await arrivals.met(FIRST_DISK)
  expect(desk.outbox.head().map(({ message }) => message)).toEqual(['6'])
  await arrivals.met(SECOND_DISK)
  expect(desk.outbox.head().map(({ message }) => message)).toEqual(['2', '3', '4', '5', '6'])
  expect(desk.outbox.head().every(({ attempt }, index) => (index < 4 ? attempt > 0 : attempt === 0))).toBe(true)
  expect(states()).toEqual(['1 received', '2 accepted', '3 accepted', '4 accepted', '5 accepted', '6 accepted'])
})

test('what was cancelled or failed is not handed over again', async () => {
  const { arrivals, desk, ids, tell } = await fiveSent()
  const reason = 'too late'
  await tell({ kind: 'failed', cursor: 1, id: ids[1] ?? '', destination: 'bob', reason, cancelled: false })
  await tell({ kind: 'failed', cursor: 2, id: ids[2] ?? '', destination: 'bob', reason, cancelled: true })
  await arrivals.met(SECOND_DISK)
  expect(desk.outbox.head().map(({ message }) => message)).toEqual(['4', '5'])
})

test('a question that an API may have been asked is not asked again, but said to be of unknown outcome', async () => {
  const { arrivals, chat, desk, history } = await openMemoryPeer()
  await arrivals.met(FIRST_DISK)
  const { id } = await chat.send('GPT', { message: 'what?' })
  await arrivals.handedOver([{ id, state: 'accepted' }], desk.outbox.head())
  const waiting = await chat.send('GPT', { message: 'and then?' })
  await arrivals.met(SECOND_DISK)
  expect(desk.outbox.ids()).toEqual([waiting.id])
  expect(history('GPT')[0]).toMatchObject({ state: 'failed', reason: expect.stringContaining('outcome is unknown') })
})

test('an assistant whose proxy lost a question tells who asked', async () => {
  const { arrivals, desk, history, tell } = await openMemoryPeer({
    mode: 'assistant',
    assistant: { route: 'GPT', personality: 'happy' },
  })
  await arrivals.met(FIRST_DISK)
  await tell({ kind: 'message', cursor: 1, message: sampleMessage({ sender: 'bob' }), stored: false })
  const [question = ''] = desk.outbox.ids()
  await arrivals.handedOver([{ id: question, state: 'accepted' }], desk.outbox.head())
  await arrivals.met(SECOND_DISK)
  expect(history('bob').at(-1)).toMatchObject({
    message: expect.stringContaining('outcome is unknown'),
    metadata: { error: { retryable: true } },
  })
  expect(desk.errands.all()).toEqual([])
})

test('what a recipient’s proxy lost is failed with the reason, and what waits goes on in the new stream', async () => {
  const { desk, emitted, ids, states, tell, history } = await fiveSent()
  await tell({ kind: 'restarted', cursor: 1, destination: 'bob', from: OLD, to: NEW, acknowledged: 4 })
  expect(states()).toEqual(['1 received', '2 failed', '3 failed', '4 failed', '5 accepted'])
  expect(history('bob')[1]?.reason).toContain('lost it before bob received it')
  expect(emitted.filter(({ name }) => name === 'state').slice(-3)).toMatchObject(
    ids.slice(1, 4).map(id => ({ data: { id, state: 'failed' } })),
  )
  await tell({ kind: 'progress', destination: 'bob', marks: { stream: NEW, delivered: 5, received: 5, read: 0 } })
  expect(states()).toEqual(['1 received', '2 failed', '3 failed', '4 failed', '5 received'])
  expect(desk.outbox.ids()).toEqual([])
})

test('a place that is told late, in a stream that ended since, is lost or one in the next stream', async () => {
  const { arrivals, chat, desk, history, tell } = await openMemoryPeer()
  const lost = await chat.send('bob', { message: 'lost' })
  const waiting = await chat.send('bob', { message: 'waiting' })
  await tell({ kind: 'progress', destination: 'bob', marks: { stream: OLD, delivered: 1, received: 0, read: 0 } })
  await tell({ kind: 'restarted', cursor: 1, destination: 'bob', from: OLD, to: NEW, acknowledged: 1 })
  await arrivals.handedOver(
    [lost, waiting].map(({ id }, index) => ({
      id,
      state: 'accepted',
      placement: { stream: OLD, sequence: index + 1 },
    })),
    desk.outbox.head(),
  )
  expect(history('bob').map(({ state }) => state)).toEqual(['failed', 'accepted'])
  await tell({ kind: 'progress', destination: 'bob', marks: { stream: NEW, delivered: 2, received: 2, read: 2 } })
  expect(history('bob').map(({ state }) => state)).toEqual(['failed', 'read'])
})

test('an answer that was being written when the disk was lost is no longer shown as being written', async () => {
  const { arrivals, chat, desk, tell } = await openMemoryPeer()
  await arrivals.met(FIRST_DISK)
  const { id } = await chat.send('GPT', { message: 'what?' })
  await arrivals.handedOver([{ id, state: 'accepted' }], desk.outbox.head())
  const delta = { id: OLD, replyTo: id, offset: 0, text: 'half' }
  await tell({ kind: 'signal', sender: 'GPT', signal: { kind: 'delta', delta } })
  expect(desk.answers.present()).toHaveLength(1)
  await arrivals.met(SECOND_DISK)
  expect(desk.answers.present()).toEqual([])
})

test('a destination that makes one stream after another end leaves little behind, and places of all of them are found', async () => {
  const { arrivals, chat, desk, tell, history } = await openMemoryPeer()
  const count = (table: string) => desk.store.get(Count, `SELECT count(*) AS count FROM ${table}`)?.count
  const streams = Array.from({ length: 2_000 }, () => uuidv4())
  const { id } = await chat.send('bob', { message: 'hi' })
  for (const [index, from] of streams.slice(0, -1).entries()) {
    const to = streams[index + 1] ?? ''
    await tell({ kind: 'restarted', cursor: index + 1, destination: 'bob', from, to, acknowledged: 0 })
    await tell({ kind: 'progress', destination: 'bob', marks: { stream: to, delivered: 0, received: 0, read: 0 } })
  }
  await arrivals.handedOver(
    [{ id, state: 'accepted', placement: { stream: streams[0] ?? '', sequence: 1 } }],
    desk.outbox.head(),
  )
  expect(desk.history.find(id)).toMatchObject({ stream: streams.at(-1), sequence: 1, state: null })
  expect(history('bob')).toMatchObject([{ message: 'hi', state: 'accepted' }])
  expect([count('mark'), count('ended_stream')]).toEqual([1, 1_999])
}, 60_000)
