/** Conversations with AIs over the whole overlay: those of BOT with several people at once, and asking again. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MessageAccepted } from '../../shared/protocol/peer-api.ts'
import { Overlay } from '../harness/overlay.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

let overlay: Overlay
let behrooz: PeerClient
let alice: PeerClient

beforeAll(async () => {
  overlay = await Overlay.start({ args: ['--demo', '--only', 'behrooz,alice,BOT'] })
  behrooz = await PeerClient.connect(overlay.peer(0))
  alice = await PeerClient.connect(overlay.peer(1))
})
afterAll(async () => {
  behrooz[Symbol.dispose]()
  alice[Symbol.dispose]()
  await overlay[Symbol.asyncDispose]()
})

/** @returns what answers a message, once it is whole */
async function answerTo(asker: PeerClient, ai: string, text: string) {
  const id = await asker.send(ai, text)
  return asker.message(message => message.metadata.replyTo === id)
}

const piecesOf = (asker: PeerClient, question: string) =>
  asker.heard.flatMap(event => (event.name === 'delta' && event.data.replyTo === question ? [event.data] : []))

/** Resolves once so many pieces of an answer came. */
async function pieces(asker: PeerClient, question: string, count: number): Promise<void> {
  await asker.event(() => piecesOf(asker, question).length >= count)
}

test('two askers of BOT at once each get their own answer, piece by piece, and one who stops it stops their own', async () => {
  const [ofAlice, ofBehrooz] = await Promise.all([
    alice.send('BOT', 'A long one. [[long 200]] [[slow]]'),
    behrooz.send('BOT', 'Another one. [[long 40]]'),
  ])
  await Promise.all([pieces(alice, ofAlice, 5), pieces(behrooz, ofBehrooz, 5)])
  expect((await call('POST', `${overlay.peer(1)}/api/messages/${ofAlice}/cancel`)).status).toBe(202)
  const [stopped, whole] = await Promise.all([
    alice.message(message => message.metadata.replyTo === ofAlice),
    behrooz.message(message => message.metadata.replyTo === ofBehrooz),
  ])
  expect(stopped).toMatchObject({ sender: 'BOT', type: 'chat', metadata: { ending: 'cancelled' } })
  expect(stopped.message).toMatch(/^word1 word2 word3 /)
  expect(stopped.message).not.toContain('word200')
  expect(whole).toMatchObject({ metadata: { ending: 'stop', autoReply: true } })
  expect(whole.message).toContain('word40')
  expect(piecesOf(alice, ofBehrooz)).toEqual([])
  expect(piecesOf(behrooz, ofBehrooz).map(({ offset }) => offset)).toEqual(
    piecesOf(behrooz, ofBehrooz)
      .map(({ offset }) => offset)
      .sort((a, b) => a - b),
  )
})

test('an answer of BOT is stopped before its first word, too', async () => {
  const id = await alice.send('BOT', '[[first 60000]] take your time')
  await alice.state(id, 'received')
  expect((await call('POST', `${overlay.peer(1)}/api/messages/${id}/cancel`)).status).toBe(202)
  const { message } = await alice.message(({ metadata }) => metadata.replyTo === id)
  expect(message).toBe('BOT cannot answer this: Stopped before any text came.')
})

test('a stopped answer of BOT is asked again as a new message', async () => {
  const question = (await alice.history('BOT')).find(({ message }) => message.startsWith('A long one.'))
  const { status, body } = await call('POST', `${overlay.peer(1)}/api/messages/${question?.id}/retry`)
  expect(status).toBe(202)
  const { id } = MessageAccepted.parse(body)
  expect(id).not.toBe(question?.id)
  await pieces(alice, id, 3)
  expect((await call('POST', `${overlay.peer(1)}/api/messages/${id}/cancel`)).status).toBe(202)
  await alice.message(message => message.metadata.replyTo === id)
})

test('personalities and resets of two askers of BOT are their own', async () => {
  expect((await answerTo(alice, 'BOT', '/personality')).message).toMatch(/^The personality is \*\*happy\*\*/)
  expect((await answerTo(alice, 'BOT', 'Personality Spanish')).metadata).toMatchObject({ personality: 'spanish' })
  expect((await answerTo(behrooz, 'BOT', 'rotate')).metadata).toMatchObject({ personality: 'angry' })
  await Promise.all([answerTo(alice, 'BOT', 'I am Alice.'), answerTo(behrooz, 'BOT', 'I am Behrooz.')])
  await answerTo(alice, 'BOT', 'reset')
  const [forAlice, forBehrooz] = await Promise.all([
    answerTo(alice, 'BOT', 'Who am I?'),
    answerTo(behrooz, 'BOT', 'Who am I?'),
  ])
  expect(forAlice.metadata.context).toMatchObject({ turns: 0, leftOut: 0, personality: 'spanish' })
  expect(forAlice.message).toContain('always answers in')
  expect(forBehrooz.metadata.context).toMatchObject({ turns: 4, leftOut: 0, personality: 'angry' })
  expect(forBehrooz.message).toContain('grumpy')
})

test("a restart of BOT's peer keeps what each asker chose, and what was said", async () => {
  overlay.kill('peer BOT')
  await overlay.printed(/peer BOT\s+ready[\s\S]*peer BOT\s+ready/)
  const [forAlice, forBehrooz] = await Promise.all([
    answerTo(alice, 'BOT', 'And now?'),
    answerTo(behrooz, 'BOT', 'And now?'),
  ])
  expect(forAlice.metadata.context).toMatchObject({ turns: 2, personality: 'spanish' })
  expect(forBehrooz.metadata.context).toMatchObject({ turns: 6, personality: 'angry' })
})

test('an answer of an API that breaks off is asked again under its id; both stay, and the part is not told', async () => {
  const id = await alice.send('GPT', 'This one is cut. [[cut]]')
  const part = await alice.message(message => message.metadata.replyTo === id)
  expect(part).toMatchObject({ metadata: { ending: 'interrupted', context: { turns: 0, leftOut: 0 } } })
  const { status, body } = await call('POST', `${overlay.peer(1)}/api/messages/${id}/retry`)
  expect([status, MessageAccepted.parse(body).id]).toEqual([202, id])
  const again = await alice.message(message => message.metadata.replyTo === id && message.id !== part.id)
  expect(again.metadata.context).toMatchObject({ turns: 0, leftOut: 0 })
  expect((await alice.history('GPT')).map(message => message.id)).toEqual([id, part.id, again.id])
})

test("a command to an API is answered without it, and the API's conversation goes on as if it was not there", async () => {
  const rotated = await answerTo(alice, 'MISTRAL', '/rotate')
  expect(rotated).toMatchObject({ sender: 'MISTRAL', type: 'notification', metadata: { personality: 'happy' } })
  expect((await answerTo(alice, 'MISTRAL', 'model')).message).toBe(
    '**MISTRAL** answers with the model `mistral-small-latest`.',
  )
  expect((await answerTo(alice, 'MISTRAL', 'reset my password please')).metadata.context).toMatchObject({
    turns: 0,
    personality: 'happy',
  })
})
