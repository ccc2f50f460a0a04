/** Commands to an API and the context that follows from them, through a peer as it ships. */
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import type { Metadata } from '../shared/protocol/message.ts'
import { openMemoryPeer } from '../test/harness/memory-peer.ts'
import { postJson } from '../test/harness/memory-proxy.ts'
import { sampleMessage } from '../test/harness/samples.ts'

type Peer = Awaited<ReturnType<typeof openMemoryPeer>>

const TO_GPT = '/api/conversations/GPT/messages'

/** Asks the API, and has it answer. @returns the context that went along */
async function asked({ chat, desk, tell }: Peer, text: string, answered = true) {
  const { id } = await chat.send('GPT', { message: text })
  const context = desk.outbox.head().find(submission => submission.id === id)?.context
  const metadata: Metadata = { replyTo: id }
  const message = sampleMessage({ sender: 'GPT', destination: 'alice', message: `re: ${text}`, metadata })
  if (answered) await tell({ kind: 'message', cursor: Date.now() + ++cursor, message, stored: false })
  return { id, context, texts: context?.turns.map(turn => turn.text) }
}
let cursor = 0

/** @returns the answer to a command */
async function told(peer: Peer, command: string): Promise<string> {
  const { id } = await peer.chat.send('GPT', { message: command })
  return peer.history('GPT').find(({ metadata }) => metadata.replyTo === id)?.message ?? ''
}

test('a command to an API is answered by the own peer, kept with its answer, and never handed over', async () => {
  const peer = await openMemoryPeer()
  const { status, body } = await peer.ask(TO_GPT, postJson({ message: ' /Personality spanish' }))
  expect([status, body.state]).toEqual([202, 'received'])
  expect(peer.history('GPT')).toMatchObject([
    { id: body.id, type: 'command', state: 'received', sender: 'alice' },
    {
      type: 'notification',
      sender: 'GPT',
      destination: 'alice',
      message: 'From now on the personality is **spanish**.',
      metadata: { autoReply: true, replyTo: body.id, personality: 'spanish' },
    },
  ])
  expect(peer.desk.outbox.head()).toEqual([])
  expect(peer.emitted.map(({ name }) => name).slice(-2)).toEqual(['message', 'message'])
})

test('a command that is sent again with its id has the same answer, and does nothing twice', async () => {
  const { ask, history } = await openMemoryPeer()
  const body = postJson({ message: 'rotate', id: uuidv7() })
  const both = [await ask(TO_GPT, body), await ask(TO_GPT, body)]
  expect(both[1]).toEqual(both[0])
  expect(history('GPT').map(({ metadata }) => metadata.personality)).toEqual([undefined, 'happy'])
})

test('a command is none to a person, and an AI that is a peer gets it as it is, without the conversation', async () => {
  const { chat, desk, history } = await openMemoryPeer()
  for (const name of ['bob', 'BOT', 'meter']) {
    await chat.send(name, { message: 'help' })
    expect(history(name)).toMatchObject([{ type: 'chat', message: 'help' }])
  }
  expect(desk.outbox.head()).toMatchObject([{ type: 'chat' }, { type: 'chat' }, { type: 'chat' }])
  expect(desk.outbox.head().map(({ context }) => context)).toEqual([undefined, undefined, undefined])
})

test('the chosen personality goes along with each question, until none is chosen', async () => {
  const peer = await openMemoryPeer()
  expect((await asked(peer, 'one')).context).not.toHaveProperty('system')
  await told(peer, 'personality angry')
  expect((await asked(peer, 'two')).context).toMatchObject({ system: 'Be angry.', personality: 'angry' })
  await told(peer, 'rotate')
  expect((await asked(peer, 'three')).context).toMatchObject({ system: 'Be Spanish.', personality: 'spanish' })
  await told(peer, 'personality none')
  expect((await asked(peer, 'four')).context).not.toHaveProperty('system')
})

test('the choice is of one conversation, is shown with it, and survives a restart', async () => {
  const first = await openMemoryPeer()
  await told(first, 'personality happy')
  first.close()
  const { ask, chat, desk } = await openMemoryPeer({ file: first.file })
  expect((await ask('/api/conversations')).body).toMatchObject([{ peer: 'GPT', personality: 'happy' }])
  await chat.send('GPT', { message: 'hi' })
  expect(desk.outbox.head()[0]?.context).toMatchObject({ personality: 'happy' })
  await chat.send('bob', { message: 'hi' })
  const rows: { peer: string; personality?: string }[] = (await ask('/api/conversations')).body
  expect(rows.find(({ peer }) => peer === 'bob')).not.toHaveProperty('personality')
})

test('a personality that the configuration has no more is not in force, and not shown', async () => {
  const first = await openMemoryPeer()
  await told(first, 'personality happy')
  first.close()
  const peer = await openMemoryPeer({ file: first.file, personalities: { angry: 'Be angry.' } })
  expect((await asked(peer, 'hi')).context).not.toHaveProperty('system')
  expect((await peer.ask('/api/conversations')).body[0]).not.toHaveProperty('personality')
  expect(await told(peer, 'personality')).toMatch(/^No personality is chosen/)
})

test('commands and their answers are left out of what goes along', async () => {
  const peer = await openMemoryPeer()
  await asked(peer, 'one')
  for (const command of ['help', 'model', 'personality', '/nonsense']) await told(peer, command)
  const { context, texts } = await asked(peer, 'two')
  expect(texts).toEqual(['one', 're: one'])
  expect(context?.leftOut).toBe(0)
})

test('reset lets the context begin anew, and the history stays', async () => {
  const peer = await openMemoryPeer()
  await asked(peer, 'one')
  const { id } = await asked(peer, 'late', false)
  await told(peer, 'reset')
  const late = sampleMessage({ sender: 'GPT', destination: 'alice', message: 're: late', metadata: { replyTo: id } })
  await peer.tell({ kind: 'message', cursor: Date.now() + ++cursor, message: late, stored: false })
  expect((await asked(peer, 'two')).context).toEqual({ turns: [], leftOut: 0, tokens: 0 })
  expect((await asked(peer, 'three')).texts).toEqual(['two', 're: two'])
  expect(peer.history('GPT').map(({ message }) => message)).toContain('one')
})

test('what does not fit is counted, also what is older than what was looked at', async () => {
  const peer = await openMemoryPeer({ limits: { turns: 2, tokens: 1000, charactersPerToken: 4 } })
  for (const text of ['1', '2', '3', '4', '5']) await asked(peer, text)
  const { context, texts } = await asked(peer, '6')
  expect(texts).toEqual(['5', 're: 5'])
  expect(context).toMatchObject({ leftOut: 8, tokens: 2 })
})

test('many questions that failed in a row do not push out what was said before them', async () => {
  const peer = await openMemoryPeer({ limits: { turns: 2, tokens: 1000, charactersPerToken: 4 } })
  for (const text of ['1', '2']) await asked(peer, text)
  for (let failed = 0; failed < 30; failed++) {
    const { id } = await asked(peer, 'failed', false)
    await peer.desk.store.write(() => peer.desk.history.setState(id, 'failed', 'It broke.'))
  }
  const { context, texts } = await asked(peer, '3')
  expect(texts).toEqual(['2', 're: 2'])
  expect(context?.leftOut).toBe(2)
})

test('model names the model of the route', async () => {
  expect(await told(await openMemoryPeer(), 'model')).toBe('**GPT** answers with the model `a-model`.')
})

test('the list of commands has the personalities of the configuration, in their order', async () => {
  const { ask } = await openMemoryPeer()
  const { body } = await ask('/api/commands')
  expect(body.map(({ command }: { command: string }) => command)).toEqual([
    ...['help', 'personality', 'personality happy', 'personality angry', 'personality spanish', 'personality none'],
    ...['rotate', 'reset', 'model'],
  ])
})

test('an AI that is a peer tells which personality is in force, and that is shown', async () => {
  const { tell, ask } = await openMemoryPeer()
  const say = (sender: string, personality: string, id: number) =>
    tell({
      kind: 'message',
      cursor: id,
      message: sampleMessage({ sender, destination: 'alice', metadata: { autoReply: true, personality } }),
      stored: false,
    })
  await say('BOT', 'spanish', 1)
  await say('bob', 'spanish', 2)
  const rows = async () =>
    (await ask('/api/conversations')).body.map(({ personality }: { personality?: string }) => personality)
  expect(await rows()).toEqual([undefined, 'spanish'])
  await say('BOT', 'none', 3)
  expect(await rows()).toEqual([undefined, undefined])
})
