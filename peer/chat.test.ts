import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { entry, openMemoryPeer } from '../test/harness/memory-peer.ts'
import { postJson } from '../test/harness/memory-proxy.ts'
import { sampleMessage } from '../test/harness/samples.ts'

const messages = (peer: string) => `/api/conversations/${peer}/messages`

test('message is accepted once it is on disk, and waits to be handed over', async () => {
  const { ask, desk, emitted } = await openMemoryPeer()
  const { status, body } = await ask(messages('BOB'), postJson({ message: 'hi' }))
  expect([status, body.state]).toEqual([202, 'accepted'])
  expect(desk.outbox.head()).toMatchObject([{ id: body.id, destination: 'bob', message: 'hi', type: 'chat' }])
  expect(emitted.at(-1)).toMatchObject({
    name: 'message',
    data: { id: body.id, conversation: 'bob', state: 'accepted' },
  })
})

test('same id and text again is the same message, also when both come at once', async () => {
  const { ask, desk, history } = await openMemoryPeer()
  const id = uuidv7()
  const both = await Promise.all([1, 2].map(() => ask(messages('bob'), postJson({ message: 'hi', id }))))
  expect(both.map(({ status, body }) => [status, body.id])).toEqual([
    [202, id],
    [202, id],
  ])
  expect(history('bob')).toHaveLength(1)
  expect(desk.outbox.head()).toHaveLength(1)
})

test('same id with another text, to another peer, or of a message that arrived, is refused', async () => {
  const { ask, tell } = await openMemoryPeer()
  const id = uuidv7()
  await ask(messages('bob'), postJson({ message: 'hi', id }))
  const arrived = sampleMessage({ sender: 'bob', destination: 'alice' })
  await tell({ kind: 'message', cursor: 1, message: arrived, stored: false })
  for (const [peer, body] of [
    ['bob', { message: 'ho', id }],
    ['Carol', { message: 'hi', id }],
    ['bob', { message: arrived.message, id: arrived.id }],
  ] as const)
    expect(await ask(messages(peer), postJson(body))).toMatchObject({
      status: 422,
      body: { error: { code: 'id_conflict' } },
    })
})

test('message of 64 KiB is accepted and one of a byte more is not, counted in bytes', async () => {
  const { ask } = await openMemoryPeer()
  expect((await ask(messages('bob'), postJson({ message: 'é'.repeat(32 * 1024) }))).status).toBe(202)
  expect(await ask(messages('bob'), postJson({ message: `${'é'.repeat(32 * 1024)}x` }))).toMatchObject({
    status: 413,
    body: { error: { code: 'too_large' } },
  })
})

test('peer that never met its proxy cannot send yet, and says so', async () => {
  const { ask } = await openMemoryPeer({ peers: [] })
  expect(await ask(messages('bob'), postJson({ message: 'hi' }))).toMatchObject({
    status: 503,
    body: { error: { code: 'not_ready' } },
  })
})

test('question to an AI carries what was said before, and a message to a person nothing', async () => {
  const { chat, desk, tell } = await openMemoryPeer()
  const first = await chat.send('GPT', { message: 'I am Ada' })
  await tell({
    kind: 'message',
    cursor: 1,
    message: sampleMessage({
      sender: 'GPT',
      destination: 'alice',
      message: 'Hello Ada',
      metadata: { replyTo: first.id },
    }),
    stored: false,
  })
  await chat.send('GPT', { message: 'who am I?' })
  await chat.send('bob', { message: 'hi' })
  const contexts = desk.outbox.head().map(({ context }) => context)
  expect(contexts).toEqual([
    { turns: [], leftOut: 0, tokens: 0 },
    {
      leftOut: 0,
      tokens: 5,
      turns: [
        { role: 'user', text: 'I am Ada' },
        { role: 'assistant', text: 'Hello Ada' },
      ],
    },
    undefined,
  ])
})

test('conversations have their last message and what is unread, until it is read', async () => {
  const { ask, tell, emitted } = await openMemoryPeer()
  for (const cursor of [1, 2])
    await tell({
      kind: 'message',
      cursor,
      message: sampleMessage({ sender: 'bob', destination: 'alice', message: `m${cursor}` }),
      stored: false,
    })
  expect((await ask('/api/conversations')).body).toMatchObject([
    { peer: 'bob', unread: 2, last: { message: 'm2', state: 'received' } },
  ])
  expect((await ask('/api/conversations/bob/read', { method: 'POST' })).status).toBe(204)
  expect(emitted.at(-1)).toEqual({ name: 'read', data: { conversation: 'bob' } })
  expect((await ask('/api/conversations')).body).toMatchObject([{ peer: 'bob', unread: 0, last: { state: 'read' } }])
  const before = emitted.length
  await ask('/api/conversations/bob/read', { method: 'POST' })
  expect(emitted).toHaveLength(before)
})

test('reading is to be told once for each stream position, after the restart too', async () => {
  const { chat, tell, desk } = await openMemoryPeer()
  const placement = { stream: '5d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c01', sequence: 9 }
  await tell({
    kind: 'message',
    cursor: 1,
    message: sampleMessage({ sender: 'bob', destination: 'alice' }),
    placement,
    stored: false,
  })
  expect(desk.history.reading.toTell()).toEqual([])
  await chat.markRead('bob')
  const [position] = desk.history.reading.toTell()
  expect(position).toMatchObject({ name: 'bob', ...placement })
  if (position !== undefined) await desk.store.write(() => desk.history.reading.told(position))
  expect(desk.history.reading.toTell()).toEqual([])
})

test('message that the proxy does not have yet is taken back here, and one that it has is asked of the proxy', async () => {
  const { chat, desk, history, cancelled } = await openMemoryPeer()
  const first = await chat.send('bob', { message: 'a' })
  expect(await chat.cancel(first.id)).toEqual({ id: first.id, state: 'cancelled' })
  expect(desk.outbox.head()).toEqual([])
  expect(cancelled).toEqual([])
  const second = await chat.send('bob', { message: 'b' })
  await desk.store.write(() => desk.outbox.remove(second.id))
  await chat.cancel(second.id)
  expect(cancelled).toEqual([second.id])
  expect(history('bob').map(({ state }) => state)).toEqual(['cancelled', 'accepted'])
  await expect(chat.cancel(uuidv7())).rejects.toMatchObject({ status: 404 })
})

test('a message that is just being handed to the proxy is taken back once the proxy has it, not before', async () => {
  const { chat, handOver, cancelled } = await openMemoryPeer()
  const { id } = await chat.send('GPT', { message: 'why?' })
  const taken = handOver()
  const stopped = chat.cancel(id)
  // As many turns of the loop as a request that need not wait would take.
  for (let n = 0; n < 20; n += 1) await new Promise(resolve => setImmediate(resolve))
  expect(cancelled).toEqual([])
  await taken()
  await stopped
  expect(cancelled).toEqual([id])
})

test('failed message is sent again under its own id, and one that did not fail is not', async () => {
  const { ask, chat, arrivals, desk } = await openMemoryPeer()
  const { id } = await chat.send('bob', { message: 'a' })
  expect(await ask(`/api/messages/${id}/retry`, { method: 'POST' })).toMatchObject({ status: 422 })
  await arrivals.handedOver(
    [{ id, state: 'failed', code: 'unknown_peer', reason: 'No such peer.' }],
    desk.outbox.head(),
  )
  expect(await ask(`/api/messages/${id}/retry`, { method: 'POST' })).toMatchObject({
    status: 202,
    body: { id, state: 'accepted' },
  })
  expect(desk.outbox.head()).toMatchObject([{ id, destination: 'bob', message: 'a' }])
})

test('clearing forgets what was said and found, not what is on its way', async () => {
  const { ask, desk, history } = await openMemoryPeer()
  await ask(messages('bob'), postJson({ message: 'find me here' }))
  await ask(messages('Carol'), postJson({ message: 'find me there' }))
  expect((await ask('/api/search?q=find')).body).toHaveLength(2)
  expect((await ask('/api/conversations/bob', { method: 'DELETE' })).status).toBe(204)
  expect(history('bob')).toEqual([])
  expect((await ask('/api/search?q=find')).body).toMatchObject([{ message: 'find me there' }])
  expect(desk.outbox.head()).toHaveLength(2)
})

test('message with a zero character, at which SQLite would cut it, is refused', async () => {
  const { ask, history } = await openMemoryPeer()
  const refused = await ask('/api/conversations/bob/messages', postJson({ message: 'before\u0000after' }))
  expect(refused.status).toBe(422)
  expect(history('bob')).toEqual([])
})

test('mode is chosen by the person and kept, and an assistant has none to choose', async () => {
  const { ask, file, close } = await openMemoryPeer({ mode: 'canned' })
  expect((await ask('/api/me', postJson({ mode: 'manual' }, 'PUT'))).body).toEqual({
    name: 'alice',
    displayName: 'alice',
    mode: 'manual',
    fixed: false,
  })
  close()
  const again = await openMemoryPeer({ file, mode: 'canned' })
  expect((await again.ask('/api/me')).body.mode).toBe('manual')
  const assistant = await openMemoryPeer({ mode: 'assistant', peers: [entry('bob')] })
  expect(await assistant.ask('/api/me', postJson({ mode: 'manual' }, 'PUT'))).toMatchObject({
    status: 422,
    body: { error: { field: 'mode' } },
  })
})

test('nobody counts as online while the own proxy is away', async () => {
  const { ask, desk } = await openMemoryPeer()
  const online = async () => (await ask('/api/peers')).body.some((peer: { online: boolean }) => peer.online)
  expect(await online()).toBe(true)
  desk.setProxyReachable(false)
  expect(await online()).toBe(false)
})

test.each(['clear', 'clearAll'] as const)('an id stands for its message after %s, too', async verb => {
  const { chat, history } = await openMemoryPeer()
  const { id } = await chat.send('bob', { message: 'first' })
  await chat[verb]('bob')
  expect(await chat.send('bob', { id, message: 'first' })).toEqual({ id, state: 'accepted' })
  await expect(chat.send('bob', { id, message: 'another' })).rejects.toMatchObject({ code: 'id_conflict' })
  await expect(chat.send('Carol', { id, message: 'first' })).rejects.toMatchObject({ code: 'id_conflict' })
  expect(history('bob')).toEqual([])
})
