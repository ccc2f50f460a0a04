import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import type { ProxyEvent } from '../shared/protocol/local.ts'
import type { Message } from '../shared/protocol/message.ts'
import { faultyStore } from '../test/harness/faulty-store.ts'
import { openMemoryPeer } from '../test/harness/memory-peer.ts'
import { sampleMessage } from '../test/harness/samples.ts'

const STREAM = '5d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c01'
const ASSISTANT = { route: 'GPT', personality: 'happy' }

const arrival = (
  cursor: number,
  parts: Partial<Message> = {},
  placed = true,
): Extract<ProxyEvent, { kind: 'message' }> => ({
  kind: 'message',
  cursor,
  message: sampleMessage({ sender: 'bob', destination: 'alice', ...parts }),
  ...(placed && { placement: { stream: STREAM, sequence: cursor } }),
  stored: false,
})
const failure = (
  cursor: number,
  id: string,
  parts: Partial<Extract<ProxyEvent, { kind: 'failed' }>> = {},
): ProxyEvent => ({
  kind: 'failed',
  cursor,
  id,
  destination: 'GPT',
  reason: 'It broke.',
  cancelled: false,
  ...parts,
})
const delta = (id: string, replyTo: string, offset: number, text: string, sender = 'GPT'): ProxyEvent => ({
  kind: 'signal',
  sender,
  signal: { kind: 'delta', delta: { id, replyTo, offset, text } },
})

test('arrival is kept, shown and then acknowledged', async () => {
  const { tell, history, keptUpTo, emitted } = await openMemoryPeer()
  const event = arrival(1, { message: 'hi' })
  await tell(event)
  expect(history('bob')).toMatchObject([
    { id: event.message.id, message: 'hi', conversation: 'bob', state: 'received' },
  ])
  expect(emitted.at(-1)).toMatchObject({ name: 'message', data: { id: event.message.id } })
  expect(keptUpTo.all).toEqual([1])
})

test('arrival that comes again is acknowledged again and shown once', async () => {
  const { tell, history, keptUpTo, emitted } = await openMemoryPeer()
  const event = arrival(1)
  await tell(event)
  await tell(event)
  await tell({ ...event, cursor: 2 })
  expect(history('bob')).toHaveLength(1)
  expect(emitted.filter(({ name }) => name === 'message')).toHaveLength(1)
  expect(keptUpTo.all).toEqual([1, 1, 2])
})

test('arrival that comes again is not shown although its conversation was cleared meanwhile', async () => {
  const { tell, history, chat } = await openMemoryPeer()
  const event = arrival(1)
  await tell(event)
  await chat.clear('bob')
  await tell(event)
  expect(history('bob')).toEqual([])
})

test('arrivals of another store of the proxy are new, however small their cursors', async () => {
  const { tell, history, file, close } = await openMemoryPeer()
  await tell(
    arrival(5, { message: 'old' }),
    { kind: 'hello', name: 'alice', store: '11111111-3a55-4a2b-9a7e-2a4f6f0c1d11', forgotten: 0 },
    arrival(1, { message: 'new' }),
  )
  expect(history('bob').map(({ message }) => message)).toEqual(['old', 'new'])
  close()
  const again = await openMemoryPeer({ file })
  expect(again.desk.settings.position).toEqual({ store: '11111111-3a55-4a2b-9a7e-2a4f6f0c1d11', cursor: 1 })
})

test('automatic peer answers a person once, marked, and never the same twice in a row', async () => {
  const { tell, history, desk } = await openMemoryPeer({ mode: 'canned' })
  const first = arrival(1)
  const second = arrival(2)
  await tell(first, first, second)
  const replies = history('bob').filter(({ sender }) => sender === 'alice')
  expect(replies.map(({ message, metadata }) => [message, metadata])).toEqual([
    ['one', { autoReply: true, replyTo: first.message.id }],
    ['two', { autoReply: true, replyTo: second.message.id }],
  ])
  expect(desk.outbox.head().map(({ id }) => id)).toEqual(replies.map(({ id }) => id))
})

test('automatic peer does not answer machines, notices, or what arrived by mistake twice', async () => {
  const { tell, desk } = await openMemoryPeer({ mode: 'canned' })
  await tell(
    arrival(1, { metadata: { autoReply: true } }),
    arrival(2, { metadata: { replyTo: uuidv7() } }),
    arrival(3, { type: 'notification' }),
    arrival(4, { sender: 'meter' }),
  )
  expect(desk.outbox.head()).toEqual([])
})

test('assistant asks its AI with the conversation so far, and sends the answer on under its own name', async () => {
  const { tell, desk, history, passedOn } = await openMemoryPeer({ mode: 'assistant', assistant: ASSISTANT })
  await tell(arrival(1, { message: 'my name is Bob', type: 'chat', metadata: { autoReply: true } }))
  const question = arrival(2, { message: 'what is my name?' })
  await tell(question)
  const [asked] = desk.outbox.head()
  expect(asked).toMatchObject({
    destination: 'GPT',
    message: 'what is my name?',
    context: { system: 'Be happy.', personality: 'happy', turns: [{ role: 'user', text: 'my name is Bob' }] },
  })
  await desk.store.write(() => desk.outbox.remove(asked?.id ?? ''))
  const answer = uuidv7()
  await tell(delta(answer, asked?.id ?? '', 0, 'Bob'))
  await tell(
    arrival(3, { id: answer, sender: 'GPT', message: 'Bob', metadata: { replyTo: asked?.id, model: 'm' } }, false),
  )
  const reply = history('bob').at(-1)
  expect(reply).toMatchObject({
    sender: 'alice',
    destination: 'bob',
    message: 'Bob',
    metadata: { autoReply: true, replyTo: question.message.id, model: 'm' },
  })
  expect(passedOn).toMatchObject([
    { asker: 'bob', signal: { delta: { id: reply?.id, replyTo: question.message.id, text: 'Bob' } } },
  ])
  expect(desk.outbox.head().map(({ id }) => id)).toEqual([reply?.id])
  expect(desk.answers.present()).toEqual([])
})

test('answer of an AI is shown as it grows, and is whole in its place', async () => {
  const { tell, chat, history, desk } = await openMemoryPeer()
  const { id } = await chat.send('GPT', { message: 'question' })
  const answer = uuidv7()
  await tell({ kind: 'asking', id, destination: 'GPT' }, delta(answer, id, 0, 'to'), delta(answer, id, 2, 'day'))
  expect(desk.answers.present()).toEqual([{ id: answer, conversation: 'GPT', replyTo: id, offset: 0, text: 'today' }])
  expect(history('GPT')).toMatchObject([{ id, state: 'delivered' }])
  await tell(arrival(1, { id: answer, sender: 'GPT', message: 'today', metadata: { replyTo: id } }, false))
  expect(history('GPT')).toMatchObject([
    { id, state: 'received' },
    { id: answer, message: 'today' },
  ])
  expect(desk.answers.present()).toEqual([])
  expect(desk.asking.size).toBe(0)
})

test('answer that broke off keeps the text that came, and one that was cancelled nothing', async () => {
  const { tell, chat, history, desk } = await openMemoryPeer()
  const { id } = await chat.send('GPT', { message: 'question' })
  await tell(delta(uuidv7(), id, 0, 'half an ans'), failure(1, id))
  expect(history('GPT')).toMatchObject([
    { id, state: 'failed', reason: 'It broke.' },
    { message: 'half an ans', metadata: { replyTo: id, ending: 'interrupted', endingDetail: 'It broke.' } },
  ])
  const other = await chat.send('GPT', { message: 'another' })
  await tell(delta(uuidv7(), other.id, 0, 'nothing of'), failure(2, other.id, { cancelled: true }))
  expect(history('GPT').slice(2)).toMatchObject([{ id: other.id, state: 'cancelled' }])
  expect(desk.answers.present()).toEqual([])
})

test('marks move the states of all messages that they cover, and of no other', async () => {
  const { tell, chat, arrivals, desk, history } = await openMemoryPeer()
  const ids = []
  for (const message of ['a', 'b', 'c']) ids.push((await chat.send('bob', { message })).id)
  await arrivals.handedOver(
    ids.map((id, index) => ({ id, state: 'accepted', placement: { stream: STREAM, sequence: index + 1 } })),
    desk.outbox.head(),
  )
  const states = () => history('bob').map(({ state }) => state)
  expect(states()).toEqual(['accepted', 'accepted', 'accepted'])
  await tell({ kind: 'progress', destination: 'bob', marks: { stream: STREAM, delivered: 3, received: 2, read: 1 } })
  expect(states()).toEqual(['read', 'received', 'delivered'])
  await tell({
    kind: 'progress',
    destination: 'bob',
    marks: { stream: '11111111-9a63-4c39-8f57-6f2f0a8d7c01', delivered: 3, received: 3, read: 3 },
  })
  expect(states()).toEqual(['read', 'received', 'delivered'])
})

test('message that waits says why, until it does not', async () => {
  const { tell, chat, desk, history, arrivals } = await openMemoryPeer()
  const { id } = await chat.send('bob', { message: 'a' })
  await arrivals.handedOver([{ id, state: 'accepted', placement: { stream: STREAM, sequence: 1 } }], desk.outbox.head())
  await tell({ kind: 'waiting', destination: 'BOB', reason: 'bob is offline. Message saved.' })
  expect(history('bob')).toMatchObject([{ state: 'waiting', reason: 'bob is offline. Message saved.' }])
  await tell({ kind: 'waiting', destination: 'bob', reason: null })
  expect(history('bob')).toMatchObject([{ state: 'accepted' }])
})

test('message that the proxy refuses is failed with the reason and not handed over again', async () => {
  const { chat, arrivals, history, desk, emitted } = await openMemoryPeer()
  const { id } = await chat.send('bob', { message: 'a' })
  await arrivals.handedOver(
    [{ id, state: 'failed', code: 'unknown_peer', reason: 'No such peer.' }],
    desk.outbox.head(),
  )
  expect(history('bob')).toMatchObject([{ state: 'failed', reason: 'No such peer.' }])
  expect(emitted.at(-1)).toMatchObject({ name: 'state', data: { id, state: 'failed', reason: 'No such peer.' } })
  expect(desk.outbox.head()).toEqual([])
})

test('arrival that could not be kept is not acknowledged by the one after it', async () => {
  let failing = false
  const { tell, keptUpTo } = await openMemoryPeer({
    wrap: store =>
      faultyStore(store, {
        write: () => {
          if (!failing) return
          failing = false
          throw new Error('disk is full')
        },
      }),
  })
  failing = true
  await tell(arrival(1, { message: 'lost' }), arrival(2))
  expect(keptUpTo.all).toEqual([])
})

test('arrival that can never be kept is given up after some tries, visibly, and those behind it are kept', async () => {
  const { tell, history, keptUpTo, desk, arrivals } = await openMemoryPeer()
  const { take } = desk.history
  desk.history.take = (message, facts) => {
    if (message.message === 'poison') throw new RangeError('Maximum call stack size exceeded')
    return take.call(desk.history, message, facts)
  }
  const events = [
    arrival(1, { message: 'before' }),
    arrival(2, { message: 'poison' }),
    arrival(3, { message: 'behind' }),
  ]
  for (let connection = 0; connection < 12; connection += 1) {
    arrivals.handle({ kind: 'hello', name: 'alice', store: '0f5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d11', forgotten: 0 })
    await tell(...events)
  }
  expect(history('bob').map(({ message }) => message)).toEqual([
    'before',
    'A message of bob arrived that cannot be shown: this peer could not keep it; its log has the details.',
    'behind',
  ])
  expect(keptUpTo.all.at(-1)).toBe(3)
})

test('arrival from another disk has nothing to do with one that failed at the same place', async () => {
  const { tell, history, desk, arrivals } = await openMemoryPeer()
  const { take } = desk.history
  desk.history.take = () => {
    throw new RangeError('Maximum call stack size exceeded')
  }
  const connect = async (store: string, event: ReturnType<typeof arrival>) => {
    arrivals.handle({ kind: 'hello', name: 'alice', store, forgotten: 0 })
    await tell(event)
  }
  for (let connection = 0; connection < 9; connection += 1)
    await connect('0f5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d11', arrival(1, { message: 'poison' }))
  desk.history.take = take
  await connect('7a5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d22', arrival(1, { message: 'sound' }))
  expect(history('bob').map(({ message }) => message)).toEqual(['sound'])
})

test('arrival that the disk does not take is never given up', async () => {
  let failing = true
  const { tell, history, arrivals } = await openMemoryPeer({
    wrap: store =>
      faultyStore(store, {
        write: () => {
          if (failing) throw new Error('disk is full')
        },
      }),
    peers: [],
  })
  for (let connection = 0; connection < 12; connection += 1) {
    arrivals.handle({ kind: 'hello', name: 'alice', store: '0f5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d11', forgotten: 0 })
    if (connection === 11) failing = false
    for (const event of [arrival(1, { message: 'late' })]) arrivals.handle(event)
    await new Promise(resolve => setImmediate(resolve))
  }
  await tell()
  expect(history('bob').map(({ message }) => message)).toEqual(['late'])
})

test('piece that comes after its whole answer does not begin the answer anew', async () => {
  const { tell, chat, desk } = await openMemoryPeer()
  const { id } = await chat.send('GPT', { message: 'question' })
  const answer = uuidv7()
  await tell(arrival(1, { id: answer, sender: 'GPT', message: 'short', metadata: { replyTo: id } }, false))
  await tell(delta(answer, id, 0, 'short'))
  expect(desk.answers.present()).toEqual([])
})

test('assistant whose AI fails without an answer tells who asked', async () => {
  const { tell, desk, history } = await openMemoryPeer({ mode: 'assistant', assistant: ASSISTANT })
  const question = arrival(1, { message: 'are you there?' })
  await tell(question)
  const id = desk.outbox.head()[0]?.id ?? ''
  await tell(failure(2, id, { reason: 'The outcome is unknown.' }))
  expect(history('bob').at(-1)).toMatchObject({ sender: 'alice', metadata: { replyTo: question.message.id } })
})

test('assistant whose question its proxy refuses tells who asked', async () => {
  const { tell, desk, history, arrivals } = await openMemoryPeer({ mode: 'assistant', assistant: ASSISTANT })
  const question = arrival(1, { message: 'are you there?' })
  await tell(question)
  await arrivals.handedOver(
    [{ id: desk.outbox.head()[0]?.id ?? '', state: 'failed', code: 'unknown_peer', reason: 'No such peer.' }],
    desk.outbox.head(),
  )
  expect(history('bob').at(-1)).toMatchObject({ sender: 'alice', metadata: { replyTo: question.message.id } })
})

test('proxy that starts anew says what waits now, and what waited before is forgotten', async () => {
  const { tell, desk } = await openMemoryPeer()
  await tell({ kind: 'waiting', destination: 'bob', reason: 'bob is offline.' })
  await tell({ kind: 'hello', name: 'alice', store: '0f5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d11', forgotten: 0 })
  expect(desk.waiting.size).toBe(0)
})

test('two people who give the same id to two messages are both heard, each once', async () => {
  const { tell, history } = await openMemoryPeer()
  const ofBob = arrival(1, { message: 'of bob' })
  const ofCarol = arrival(2, { id: ofBob.message.id, sender: 'Carol', message: 'of Carol' })
  await tell(ofBob, ofCarol)
  await tell({ ...ofCarol, cursor: 3 })
  expect(history('bob').map(({ message }) => message)).toEqual(['of bob'])
  expect(history('Carol').map(({ message }) => message)).toEqual(['of Carol'])
})

test('somebody who gives an id that the own peer gave is heard', async () => {
  const { chat, tell, history } = await openMemoryPeer()
  const { id } = await chat.send('bob', { message: 'mine' })
  await tell(arrival(1, { id, message: 'of bob' }))
  expect(history('bob').map(({ message }) => message)).toEqual(['mine', 'of bob'])
})

test('a message that was cleared is not shown again when it comes once more', async () => {
  const { chat, tell, history } = await openMemoryPeer()
  const event = arrival(1)
  await tell(event)
  await chat.clear('bob')
  await tell({ ...event, cursor: 2 }, arrival(3, { message: 'after' }))
  expect(history('bob').map(({ message }) => message)).toEqual(['after'])
})

test('the page hears that a message is delivered also when the marks came before its place', async () => {
  const { arrivals, chat, desk, emitted, tell } = await openMemoryPeer()
  const { id } = await chat.send('bob', { message: 'hi' })
  await tell({ kind: 'progress', destination: 'bob', marks: { stream: STREAM, delivered: 1, received: 0, read: 0 } })
  await arrivals.handedOver([{ id, state: 'accepted', placement: { stream: STREAM, sequence: 1 } }], desk.outbox.head())
  expect(emitted.at(-1)).toMatchObject({ name: 'state', data: { id, state: 'delivered' } })
})

test('reading a message that came twice is told under the place that it has now, also when it was told before', async () => {
  const { chat, desk, tell } = await openMemoryPeer()
  const toTell = () => desk.history.reading.toTell().map(({ stream }) => stream)
  const event = arrival(1)
  await tell(event)
  await chat.markRead('bob')
  const [position] = desk.history.reading.toTell()
  await desk.store.note(() => position !== undefined && desk.history.reading.told(position))
  expect(toTell()).toEqual([])
  const stream = '6d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c02'
  await tell({ ...event, cursor: 2, placement: { stream, sequence: 1 } })
  expect(toTell()).toEqual([stream])
})
