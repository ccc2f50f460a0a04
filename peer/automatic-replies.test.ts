/** Automatic replies of a person: canned ones in a row, at most one a minute when away, and those of an AI. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ReplyMode } from '../shared/protocol/peer-api.ts'
import { entry, type MemoryPeerOptions, openMemoryPeer } from '../test/harness/memory-peer.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'

const STREAM = '5d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c01'
const ASSISTANT = { route: 'GPT', personality: 'happy' }
const BEGAN = Date.parse('2026-01-02T03:04:05.000Z')
let cursor = 0

/** A person's peer with a clock of its own, which begins at `BEGAN`. */
async function openPerson(mode: ReplyMode, options: MemoryPeerOptions = {}) {
  const clock = { now: BEGAN }
  const peer = await openMemoryPeer({ mode, fixed: false, now: () => new Date(clock.now), ...options })
  const arrival = (sender: string, message: string) => ({
    kind: 'message' as const,
    cursor: ++cursor,
    message: sampleMessage({ sender, destination: 'alice', message }),
    placement: { stream: STREAM, sequence: cursor },
    stored: true,
  })
  const hear = (sender: string, ...texts: string[]) => peer.tell(...texts.map(text => arrival(sender, text)))
  const replies = (to: string) => peer.history(to).filter(({ sender }) => sender === 'alice')
  const texts = (to: string) => replies(to).map(({ message }) => message)
  return { ...peer, arrival, clock, hear, replies, texts }
}

test('canned replies are never the same twice in a row, to one or to all, also after a restart', async () => {
  const file = join(scratchFolder(), 'peer.db')
  const first = await openPerson('canned', { file })
  await first.hear('bob', '1', '2')
  await first.hear('Carol', '1')
  expect(first.texts('bob')).toEqual(['one', 'two'])
  expect(first.texts('Carol')).toEqual(['one'])
  first.close()
  const again = await openPerson('canned', { file })
  await again.hear('bob', '3')
  await again.hear('Carol', '2')
  expect(again.texts('bob')).toEqual(['one', 'two', 'three'])
  expect(again.texts('Carol')).toEqual(['one', 'two'])
})

test('the only canned reply there is is given each time', async () => {
  const { hear, texts } = await openPerson('canned', { cannedReplies: ['gone'] })
  await hear('bob', '1', '2')
  expect(texts('bob')).toEqual(['gone', 'gone'])
})

test('one who is away replies to a burst once, to each sender, and again a minute later', async () => {
  const { tell, arrival, hear, texts, clock } = await openPerson('away')
  await tell(...Array.from({ length: 20 }, (_, index) => arrival('bob', String(index))), arrival('Carol', 'me too'))
  expect([texts('bob'), texts('Carol')]).toEqual([['one'], ['two']])
  clock.now += 59_999
  await hear('bob', 'still there?')
  expect(texts('bob')).toHaveLength(1)
  clock.now += 1
  await hear('bob', 'and now?')
  expect(texts('bob')).toHaveLength(2)
})

test('one who is away keeps the minute over a restart and a clearing; a clock set back silences nobody', async () => {
  const file = join(scratchFolder(), 'peer.db')
  const first = await openPerson('away', { file })
  await first.hear('bob', 'hi')
  first.close()
  const again = await openPerson('away', { file })
  again.clock.now += 30_000
  await again.hear('bob', 'hi again')
  expect(again.replies('bob')).toHaveLength(1)
  await again.chat.clear('bob')
  await again.hear('bob', 'and again')
  expect(again.replies('bob')).toEqual([])
  again.clock.now = BEGAN - 3_600_000
  await again.hear('bob', 'an hour earlier', 'and once more')
  expect(again.replies('bob')).toHaveLength(1)
})

test('a person who answers through an AI asks it with what was said, and takes "help" for a question', async () => {
  const { hear, desk, history } = await openPerson('assistant', { assistant: ASSISTANT })
  await desk.store.write(() => desk.post(sampleMessage({ sender: 'alice', destination: 'bob', message: 'by hand' })))
  await hear('bob', 'help')
  expect(desk.outbox.head().at(-1)).toMatchObject({
    destination: 'GPT',
    message: 'help',
    context: { personality: 'happy' },
  })
  await hear('bob', '/personality angry')
  expect(desk.outbox.head().at(-1)).toMatchObject({ destination: 'GPT', message: '/personality angry' })
  expect(history('bob').map(({ type }) => type)).toEqual(['chat', 'chat', 'chat'])
})

test('a person stops on their own page what their AI writes to somebody else', async () => {
  const { hear, desk, chat, cancelled, tell, emitted, handOver, replies } = await openPerson('assistant', {
    assistant: ASSISTANT,
  })
  await hear('bob', 'a long one')
  const question = desk.outbox.head()[0]?.id ?? ''
  await handOver()()
  const delta = { id: question.replace(/^./, '1'), replyTo: question, offset: 0, text: 'Once upon' }
  await tell({ kind: 'signal', sender: 'GPT', signal: { kind: 'delta', delta } })
  const shown = desk.answers.present()[0]
  expect(shown).toMatchObject({ conversation: 'bob', text: 'Once upon', own: true })
  expect(emitted.at(-1)).toMatchObject({ name: 'delta', data: { own: true } })
  await chat.cancel(shown?.id ?? '')
  expect(cancelled).toEqual([question])
  expect(replies('bob')).toEqual([])
})

test('what an AI is asked for somebody is stopped here while the proxy cannot have it, who asked is told, and nothing is asked', async () => {
  const { hear, desk, cancelled, history, tell, replies } = await openPerson('assistant', { assistant: ASSISTANT })
  await hear('bob', 'a long one')
  const [{ id } = { id: '' }] = history('bob')
  await tell({ kind: 'signal', sender: 'bob', signal: { kind: 'stop', replyTo: id } })
  await tell()
  expect(cancelled).toEqual([])
  expect(desk.outbox.head().map(({ destination }) => destination)).toEqual(['bob'])
  expect(replies('bob')).toMatchObject([{ message: 'alice cannot answer this: Stopped before it was asked.' }])
})

test('who asks a person whose AI is gone from the configuration is told so', async () => {
  const { hear, replies } = await openPerson('assistant')
  await hear('bob', 'what is my name?')
  expect(replies('bob')).toMatchObject([
    {
      type: 'notification',
      message: 'alice cannot answer this: the configuration has no AI route.',
      metadata: { autoReply: true, error: { code: 'no_answer' } },
    },
  ])
})

const put = (mode: string) => ({
  method: 'PUT',
  body: JSON.stringify({ mode }),
  headers: { 'content-type': 'application/json' },
})

test('a person chooses any mode and leaves it again; without an AI route that of the assistant is refused in words', async () => {
  const { ask } = await openPerson('manual', { assistant: ASSISTANT })
  for (const mode of ['assistant', 'away', 'canned', 'manual'])
    expect(await ask('/api/me', put(mode))).toMatchObject({ status: 200, body: { mode, fixed: false, route: 'GPT' } })
  const without = await openPerson('away')
  expect(await without.ask('/api/me', put('assistant'))).toMatchObject({
    status: 422,
    body: {
      error: {
        field: 'mode',
        message: 'Cannot change the mode: mode assistant needs an AI: the configuration has none among its routes',
      },
    },
  })
  expect((await without.ask('/api/me')).body).toEqual({
    name: 'alice',
    displayName: 'alice',
    mode: 'away',
    fixed: false,
  })
})

const MODES = ['canned', 'away', 'assistant'] as const
test.each(MODES.flatMap(one => MODES.map(other => [one, other] as const)))(
  'an automatic reply of a peer that is %s is not answered by one that is %s',
  async (one, other) => {
    const from = await openPerson(one, { name: 'bob', peers: [entry('alice')], assistant: ASSISTANT })
    const to = await openPerson(other, { peers: [entry('bob')], assistant: ASSISTANT })
    await from.hear('alice', 'by hand')
    if (one === 'assistant') {
      const metadata = { replyTo: from.desk.outbox.head()[0]?.id }
      const message = sampleMessage({ sender: 'GPT', destination: 'bob', metadata })
      await from.tell({ kind: 'message', cursor: ++cursor, message, stored: false })
    }
    const reply = from.desk.outbox.head().at(-1)
    expect(reply).toMatchObject({ destination: 'alice', metadata: { autoReply: true } })
    if (reply === undefined) return
    const message = sampleMessage({ ...reply, sender: 'bob' })
    await to.tell({
      kind: 'message',
      cursor: ++cursor,
      message,
      placement: { stream: STREAM, sequence: 1 },
      stored: false,
    })
    expect(to.history('bob')).toHaveLength(1)
    expect(to.desk.outbox.head()).toEqual([])
  },
)
