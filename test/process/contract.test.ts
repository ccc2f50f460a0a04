/** The public contract of two peers, by HTTP, with the whole overlay as real processes. */

import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Overlay } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

let overlay: Overlay
let behrooz: PeerClient
let alice: PeerClient

beforeAll(async () => {
  overlay = await Overlay.start({ args: ['--demo'] })
  behrooz = await PeerClient.connect(overlay.peer(0))
  alice = await PeerClient.connect(overlay.peer(1))
})
afterAll(async () => {
  behrooz[Symbol.dispose]()
  alice[Symbol.dispose]()
  await overlay[Symbol.asyncDispose]()
})

const messagesTo = (peer: string) => `${overlay.peer(1)}/api/conversations/${peer}/messages`
const errorOf = (body: unknown) => JSON.parse(JSON.stringify(body)).error

test('a message is accepted, delivered, received and read, and both sides see the same', async () => {
  const id = await alice.send('behrooz', 'hello from alice')
  const arrived = await behrooz.message(message => message.id === id)
  expect(arrived).toMatchObject({
    sender: 'alice',
    destination: 'behrooz',
    conversation: 'alice',
    message: 'hello from alice',
    type: 'chat',
    state: 'received',
  })
  await alice.state(id, 'received')
  expect((await call('POST', `${overlay.peer(0)}/api/conversations/alice/read`)).status).toBe(204)
  await alice.state(id, 'read')
  expect((await alice.history('behrooz')).at(-1)).toMatchObject({ id, state: 'read', conversation: 'behrooz' })
  expect((await behrooz.history('alice')).at(-1)).toMatchObject({ id, state: 'read' })
})

test('names match without regard to case and are shown as in the table', async () => {
  const id = await alice.send('BEHROOZ', 'case')
  expect(await behrooz.message(message => message.id === id)).toMatchObject({ destination: 'behrooz' })
})

test('an automatic peer answers once, marked as automatic, and two of them fall silent', async () => {
  const id = await alice.send('bob', 'are you there?')
  const reply = await alice.message(message => message.conversation === 'bob' && message.sender === 'bob')
  expect(reply.metadata).toMatchObject({ autoReply: true, replyTo: id })
  await alice.send('behrooz', 'a message after which bob would have answered again')
  expect((await alice.history('bob')).filter(message => message.sender === 'alice')).toHaveLength(1)
})

test('the same id and text is accepted once; the same id with another text is refused', async () => {
  const id = uuidv7()
  await alice.send('behrooz', 'only once', id)
  await alice.send('behrooz', 'only once', id)
  const other = await call('POST', messagesTo('behrooz'), { message: 'something else', id })
  expect([other.status, errorOf(other.body).code]).toEqual([422, 'id_conflict'])
  await behrooz.message(message => message.id === id)
  expect((await behrooz.history('alice')).filter(message => message.id === id)).toHaveLength(1)
})

test.each(['GPT', 'ANTHROPIC', 'GEMINI', 'MISTRAL'])(
  '%s answers piece by piece, is labelled a demonstration, and remembers the conversation',
  async name => {
    const first = await alice.send(name, 'My name is Ada.')
    const answer = await alice.message(message => message.metadata.replyTo === first)
    const pieces = alice.heard.flatMap(event =>
      event.name === 'delta' && event.data.id === answer.id ? [event.data] : [],
    )
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.map(piece => piece.text).join('')).toBe(answer.message)
    expect(answer).toMatchObject({
      sender: name,
      metadata: { demo: true, ending: 'stop', model: expect.any(String), usage: { input: expect.any(Number) } },
    })
    const second = await alice.send(name, 'What is my name?')
    const later = await alice.message(message => message.metadata.replyTo === second)
    expect(later.message).toContain('this conversation had 2 turns')
  },
)

test('an answer can be stopped: its text so far stays', async () => {
  const id = await alice.send('GPT', '[[long 400]] tell me everything')
  await alice.event(event => event.name === 'delta' && event.data.replyTo === id)
  expect((await call('POST', `${overlay.peer(1)}/api/messages/${id}/cancel`)).status).toBe(202)
  const answer = await alice.message(message => message.metadata.replyTo === id)
  expect(answer.metadata.ending).toBe('cancelled')
  expect(answer.message.length).toBeGreaterThan(0)
})

test('the assistant BOT answers through its own proxy, and its answer streams across the overlay', async () => {
  const id = await behrooz.send('BOT', 'Hello BOT')
  const answer = await behrooz.message(message => message.sender === 'BOT' && message.metadata.replyTo === id)
  expect(answer.metadata).toMatchObject({ autoReply: true, demo: true })
  expect(behrooz.heard.some(event => event.name === 'delta' && event.data.id === answer.id)).toBe(true)
})

test("the assistant's answer can be stopped across the overlay: its text so far stays", async () => {
  const id = await behrooz.send('BOT', '[[long 400]] tell me everything')
  await behrooz.event(event => event.name === 'delta' && event.data.replyTo === id)
  expect((await call('POST', `${overlay.peer(0)}/api/messages/${id}/cancel`)).status).toBe(202)
  const answer = await behrooz.message(message => message.metadata.replyTo === id)
  expect(answer.metadata.ending).toBe('cancelled')
  expect(answer.message.split(' ').length).toBeLessThan(400)
})

test('what somebody calls themself is told to the others and to the dashboard', async () => {
  const { body: peers } = await call('GET', `${overlay.peer(1)}/api/peers`)
  expect(peers).toContainEqual(expect.objectContaining({ name: 'thermometer1', displayName: 'Thermometer 1' }))
  const { body: proxies } = await call('GET', `${overlay.controller}/api/proxies`)
  expect(proxies).toContainEqual(expect.objectContaining({ name: 'behrooz', displayName: 'Behrooz' }))
})

test('the thermometer answers commands', async () => {
  const id = await behrooz.send('thermometer1', 'range')
  const reply = await behrooz.message(message => message.metadata.replyTo === id)
  expect(reply).toMatchObject({ type: 'notification', metadata: { unit: '°C', readings: expect.any(Array) } })
})

test('an unknown peer is a 404 that names the known ones', async () => {
  const answer = await call('POST', messagesTo('joe'), { message: 'hi' })
  expect(answer.status).toBe(404)
  expect(errorOf(answer.body)).toMatchObject({ code: 'unknown_peer', message: expect.stringContaining('bob') })
})

test.each([
  ['an empty body', '', {}, 400],
  ['an empty message', { message: '  ' }, {}, 400],
  ['what is not JSON', '{', {}, 400],
  ['another content type', 'hi', { 'content-type': 'text/plain' }, 415],
  ['a text beyond 64 KiB', { message: 'x'.repeat(64 * 1024 + 1) }, {}, 413],
  ['a body beyond all limits', { message: 'x'.repeat(5 * 1024 * 1024) }, {}, 413],
  ['an unknown field', { message: 'hi', colour: 'red' }, {}, 422],
])('%s is refused', async (_, body, headers, status) => {
  const answer = await call('POST', messagesTo('bob'), body, headers)
  expect([answer.status, typeof errorOf(answer.body).message]).toEqual([status, 'string'])
  if (status === 413) expect(errorOf(answer.body).message).toContain('limit')
})

test('history comes in pages, search finds words, clearing forgets', async () => {
  expect((await call('PUT', `${overlay.peer(2)}/api/me`, { mode: 'manual' })).body).toMatchObject({ mode: 'manual' })
  for (let n = 0; n < 5; n += 1) await behrooz.send('bob', `page number${n}`)
  const page = await call('GET', `${overlay.peer(0)}/api/conversations/bob/messages?limit=2`)
  const { before } = JSON.parse(JSON.stringify(page.body))
  expect(before).toEqual(expect.any(String))
  const older = await call('GET', `${overlay.peer(0)}/api/conversations/bob/messages?limit=2&before=${before}`)
  expect(JSON.stringify(older.body)).not.toBe(JSON.stringify(page.body))
  const hits = await call('GET', `${overlay.peer(0)}/api/search?q=number3`)
  expect(hits.body).toEqual([expect.objectContaining({ message: 'page number3' })])
  expect((await call('DELETE', `${overlay.peer(0)}/api/conversations/bob`)).status).toBe(204)
  expect(await behrooz.history('bob')).toEqual([])
  expect((await call('GET', `${overlay.peer(0)}/api/search?q=number3`)).body).toEqual([])
})

test('a page that comes back hears what it missed, and one that was away too long is told to start anew', async () => {
  const first = await PeerClient.connect(overlay.peer(0))
  const seen = await alice.send('behrooz', 'the last that was seen')
  await first.message(message => message.id === seen)
  first[Symbol.dispose]()
  const missed = await alice.send('behrooz', 'missed')
  await behrooz.message(message => message.id === missed)
  using again = await PeerClient.connect(overlay.peer(0), { 'last-event-id': first.lastEventId })
  await again.message(message => message.id === missed)
  expect(
    again.heard.some(event => event.name === 'reset' || (event.name === 'message' && event.data.id === seen)),
  ).toBe(false)
  using late = await PeerClient.connect(overlay.peer(0), { 'last-event-id': 'another-life-1' })
  await late.event(event => event.name === 'reset')
})

test.each(['/openapi.json', '/healthz', '/readyz', '/metrics'])('every process serves %s', async path => {
  for (const url of [overlay.peer(0), overlay.proxy(0), overlay.controller]) {
    const response = await fetch(url + path)
    expect(response.status).toBe(200)
    expect((await response.text()).length).toBeGreaterThan(10)
  }
})
