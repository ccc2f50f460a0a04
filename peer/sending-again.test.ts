import { expect, test } from 'vitest'
import { openMemoryPeer } from '../test/harness/memory-peer.ts'
import { sampleMessage } from '../test/harness/samples.ts'

type Peer = Awaited<ReturnType<typeof openMemoryPeer>>

/** A question that was handed over. */
async function ask({ chat, desk }: Peer, to: string, message: string): Promise<string> {
  const { id } = await chat.send(to, { message })
  await desk.store.write(() => desk.outbox.remove(id))
  return id
}

let cursor = 0
const answer = ({ tell }: Peer, replyTo: string, message: string, parts: object = {}, sender = 'GPT') =>
  tell({
    kind: 'message',
    cursor: ++cursor,
    message: sampleMessage({ sender, destination: 'alice', message, metadata: { replyTo, ...parts } }),
    stored: false,
  })

const retry = ({ ask: call }: Peer, id: string) => call(`/api/messages/${id}/retry`, { method: 'POST' })

test.each(['interrupted', 'cancelled', 'stop'] as const)(
  'a question is asked again under its id when its answer ended as %s, and both answers stay',
  async ending => {
    const peer = await openMemoryPeer()
    const first = await ask(peer, 'GPT', 'before')
    await answer(peer, first, 're: before')
    const id = await ask(peer, 'GPT', 'question')
    await answer(peer, id, 'half an ans', { ending })
    expect(await retry(peer, id)).toMatchObject({ status: 202, body: { id, state: 'accepted' } })
    expect(peer.desk.outbox.head()).toMatchObject([
      { id, message: 'question', context: { turns: [{ text: 'before' }, { text: 're: before' }] } },
    ])
    await answer(peer, id, 'half an answer is none')
    expect(peer.history('GPT').map(({ message, state }) => [message, state])).toEqual([
      ['before', 'received'],
      ['re: before', 'received'],
      ['question', 'received'],
      ['half an ans', 'received'],
      ['half an answer is none', 'received'],
    ])
  },
)

test('a question that is still being answered is not asked again, also while an earlier answer is there', async () => {
  const peer = await openMemoryPeer()
  const id = await ask(peer, 'GPT', 'question')
  expect(await retry(peer, id)).toMatchObject({ status: 422, body: { error: { field: 'id' } } })
  await answer(peer, id, 'half an ans', { ending: 'interrupted' })
  expect((await retry(peer, id)).status).toBe(202)
  expect((await retry(peer, id)).status).toBe(422)
})

test('a question to an AI that is a peer is asked again as a new message, once it was answered', async () => {
  const peer = await openMemoryPeer()
  const id = await ask(peer, 'BOT', 'question')
  expect((await retry(peer, id)).status).toBe(422)
  await answer(peer, id, 'half an ans', { ending: 'interrupted' }, 'BOT')
  const { status, body } = await retry(peer, id)
  expect(status).toBe(202)
  expect(body.id).not.toBe(id)
  expect(peer.desk.outbox.head()).toMatchObject([{ id: body.id, message: 'question', destination: 'BOT' }])
  expect(peer.history('BOT').map(({ message }) => message)).toEqual(['question', 'half an ans', 'question'])
})

test('a question to an AI that is a peer is not asked twice more at once: only when the repeat was answered, or failed', async () => {
  const peer = await openMemoryPeer()
  const id = await ask(peer, 'BOT', 'question')
  await answer(peer, id, 'half an ans', { ending: 'interrupted' }, 'BOT')
  const { body } = await retry(peer, id)
  expect((await retry(peer, id)).status).toBe(422)
  await answer(peer, body.id, 'an answer', {}, 'BOT')
  const again = await retry(peer, id)
  expect(again.status).toBe(202)
  expect((await retry(peer, id)).status).toBe(422)
  await peer.chat.cancel(again.body.id)
  expect((await retry(peer, id)).status).toBe(202)
})

test('neither a message to a person nor a command is sent again once it arrived', async () => {
  const peer = await openMemoryPeer()
  const id = await ask(peer, 'bob', 'hi')
  await answer(peer, id, 'ho', {}, 'bob')
  const command = await ask(peer, 'GPT', 'help')
  for (const done of [id, command]) expect((await retry(peer, done)).status).toBe(422)
})

test('a question of before a reset is asked again without what was said before it', async () => {
  const peer = await openMemoryPeer()
  await answer(peer, await ask(peer, 'GPT', 'before'), 're: before')
  const id = await ask(peer, 'GPT', 'question')
  await answer(peer, id, 'half', { ending: 'interrupted' })
  await ask(peer, 'GPT', 'reset')
  await retry(peer, id)
  expect(peer.desk.outbox.head()[0]?.context?.turns).toEqual([])
})
