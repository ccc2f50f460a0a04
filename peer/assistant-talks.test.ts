/** An assistant's conversations with those who ask it: commands, personalities, contexts, each by itself. */
import { expect, test } from 'vitest'
import { MESSAGE_BYTES } from '../shared/protocol/message.ts'
import { apiEntry, entry, type MemoryPeerOptions, openMemoryPeer } from '../test/harness/memory-peer.ts'
import { sampleMessage } from '../test/harness/samples.ts'

const STREAM = '5d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c01'
let cursor = 0

async function openAssistant(options: MemoryPeerOptions = {}) {
  const peer = await openMemoryPeer({
    name: 'BOT',
    mode: 'assistant',
    assistant: { route: 'GPT', personality: 'happy' },
    peers: [entry('alice'), entry('bob'), apiEntry('GPT')],
    ...options,
  })
  /** @returns the id of what somebody wrote to the assistant */
  const hear = async (sender: string, text: string) => {
    const message = sampleMessage({ sender, destination: 'BOT', message: text })
    await peer.tell({
      kind: 'message',
      cursor: ++cursor,
      message,
      placement: { stream: STREAM, sequence: cursor },
      stored: false,
    })
    return message.id
  }
  const outgoing = async () => {
    const head = peer.desk.outbox.head()
    await peer.desk.store.write(() => head.map(({ id }) => peer.desk.outbox.remove(id)))
    return head
  }
  /** Has somebody ask, and the AI answer. @returns what the AI was asked */
  const ask = async (sender: string, text: string) => {
    await hear(sender, text)
    const [question] = await outgoing()
    const metadata = { replyTo: question?.id, model: 'm', context: { turns: 1, leftOut: 2 } }
    const message = sampleMessage({ sender: 'GPT', destination: 'BOT', message: `re: ${text}`, metadata })
    await peer.tell({ kind: 'message', cursor: ++cursor, message, stored: false })
    await outgoing()
    return { personality: question?.context?.personality, texts: question?.context?.turns.map(turn => turn.text) }
  }
  return { ...peer, ask, hear, outgoing }
}

test('a command to an assistant is answered to who sent it, and does not reach the AI', async () => {
  const { hear, outgoing, history } = await openAssistant()
  const id = await hear('alice', '/personality spanish')
  expect(await outgoing()).toMatchObject([
    {
      destination: 'alice',
      type: 'notification',
      message: 'From now on the personality is **spanish**.',
      metadata: { autoReply: true, replyTo: id, personality: 'spanish' },
    },
  ])
  expect(history('alice')).toMatchObject([
    { id, type: 'command' },
    { type: 'notification', sender: 'BOT' },
  ])
})

test("an assistant's usual personality is in force until somebody chooses another one, or none", async () => {
  const { ask, hear, outgoing } = await openAssistant()
  expect((await ask('alice', 'one')).personality).toBe('happy')
  for (const [command, personality] of [
    ['rotate', 'angry'],
    ['personality none', undefined],
  ] as const) {
    await hear('alice', command)
    await outgoing()
    expect((await ask('alice', command.repeat(2))).personality).toBe(personality)
  }
})

test('each asker has a conversation, a personality and a reset of their own, and a restart keeps the choice', async () => {
  const first = await openAssistant()
  await first.ask('alice', 'a1')
  await first.ask('bob', 'b1')
  await first.hear('alice', 'personality spanish')
  await first.hear('bob', 'personality angry')
  await first.hear('alice', 'reset')
  await first.outgoing()
  expect(await first.ask('alice', 'a2')).toEqual({ personality: 'spanish', texts: [] })
  expect(await first.ask('bob', 'b2')).toEqual({ personality: 'angry', texts: ['b1', 're: b1'] })
  first.close()
  const { ask } = await openAssistant({ file: first.file })
  expect(await ask('alice', 'a3')).toEqual({ personality: 'spanish', texts: ['a2', 're: a2'] })
  expect((await ask('bob', 'b3')).personality).toBe('angry')
})

test('what is known of an answer travels on with the reply', async () => {
  const { ask, history } = await openAssistant()
  await ask('alice', 'one')
  expect(history('alice').at(-1)?.metadata).toMatchObject({ model: 'm', context: { turns: 1, leftOut: 2 } })
})

test('an assistant names its route and model', async () => {
  const { hear, outgoing } = await openAssistant()
  await hear('alice', 'model')
  expect((await outgoing())[0]?.message).toBe('**BOT** answers through the route `GPT`, with the model `a-model`.')
})

test('an assistant answers no command of a machine', async () => {
  const { tell, outgoing } = await openAssistant()
  const message = sampleMessage({ sender: 'alice', destination: 'BOT', message: 'help', metadata: { autoReply: true } })
  await tell({ kind: 'message', cursor: ++cursor, message, stored: false })
  expect(await outgoing()).toEqual([])
})

test('what somebody says about a personality beside a message chooses none', async () => {
  const { tell, ask } = await openAssistant()
  const message = sampleMessage({ sender: 'alice', destination: 'BOT', metadata: { personality: 'angry' } })
  await tell({ kind: 'message', cursor: ++cursor, message: { ...message, type: 'notification' }, stored: false })
  expect((await ask('alice', 'one')).personality).toBe('happy')
})

test.each([
  ['ASCII', 'x', MESSAGE_BYTES],
  ['umlauts', 'ö', MESSAGE_BYTES / 2],
  ['Chinese', '好', Math.floor(MESSAGE_BYTES / 3)],
  ['emoji', '🎉', MESSAGE_BYTES / 4],
])(
  'an answer in %s beyond what a message holds arrives as far as it fits, and says whose limit that is',
  async (...of) => {
    const [, character, fits] = of
    const { hear, outgoing, tell } = await openAssistant()
    const id = await hear('alice', 'write a book')
    const [question] = await outgoing()
    const metadata = { replyTo: question?.id, model: 'm', ending: 'stop' as const }
    const text = character.repeat(MESSAGE_BYTES + 1)
    const message = sampleMessage({ sender: 'GPT', destination: 'BOT', message: text, metadata })
    await tell({ kind: 'message', cursor: ++cursor, message, stored: false })
    const size = Math.ceil(Buffer.byteLength(text) / 1024)
    const endingDetail = expect.stringMatching(
      new RegExp(`a message of this overlay holds 64 KiB: .* an answer of ${size} KiB\\. Ask GPT itself for the whole`),
    )
    expect(await outgoing()).toMatchObject([
      {
        destination: 'alice',
        message: character.repeat(fits),
        metadata: { replyTo: id, ending: 'length', endingDetail },
      },
    ])
  },
)

test.each([
  ['ASCII', 'x', 1],
  ['Chinese', '好', 3],
  ['emoji', '🎉', 4],
])(
  'an AI whose answer in %s has filled a message is stopped there once, and the message says why it ends',
  async (...of) => {
    const [, character, bytes] = of
    const { cancelled, desk, handOver, hear, passedOn, reasons, tell } = await openAssistant()
    const id = await hear('alice', 'write a book')
    const question = desk.outbox.head()[0]?.id ?? ''
    await handOver()()
    const piece = character.repeat(1_000)
    const answer = { id: question.replace(/^./, '1'), replyTo: question }
    let text = ''
    const write = async () => {
      const delta = { ...answer, offset: text.length, text: piece }
      text += piece
      await tell({ kind: 'signal', sender: 'GPT', signal: { kind: 'delta', delta } })
    }
    while (Buffer.byteLength(text + piece) <= MESSAGE_BYTES) await write()
    expect(cancelled).toEqual([])
    for (let n = 0; n < 3; n += 1) await write()
    expect({ cancelled, reasons }).toEqual({ cancelled: [question], reasons: ['message_full'] })
    const whole = character.repeat(Math.floor(MESSAGE_BYTES / bytes))
    expect(passedOn.map(({ signal }) => (signal.kind === 'delta' ? signal.delta.text : '')).join('')).toBe(whole)
    const metadata = { replyTo: question, model: 'm', ending: 'cancelled' as const, endingDetail: 'Stopped.' }
    const message = sampleMessage({ sender: 'GPT', destination: 'BOT', message: text, metadata })
    await tell({ kind: 'message', cursor: ++cursor, message, stored: false })
    const endingDetail =
      'BOT passes answers on as messages, and a message of this overlay holds 64 KiB: this is the beginning of a longer answer, which was stopped there. Ask GPT itself for the whole, or for less.'
    expect(desk.outbox.head()).toMatchObject([
      { destination: 'alice', message: whole, metadata: { replyTo: id, ending: 'length', endingDetail } },
    ])
  },
)

test('the answer of an AI that is asked itself is kept whole, however long it is', async () => {
  const { history, tell } = await openMemoryPeer()
  const text = '好'.repeat(70_000)
  const message = sampleMessage({ sender: 'GPT', destination: 'alice', message: text, metadata: { ending: 'stop' } })
  await tell({ kind: 'message', cursor: ++cursor, message, stored: false })
  expect(history('GPT')).toMatchObject([{ message: text, metadata: { ending: 'stop' } }])
  expect(history('GPT')[0]?.metadata).not.toHaveProperty('endingDetail')
})
