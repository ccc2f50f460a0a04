import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { silentLog } from '../shared/process/log.ts'
import { openStore, type Store } from '../shared/process/store.ts'
import { MESSAGE_BYTES } from '../shared/protocol/message-length.ts'
import { openMemoryPeer } from '../test/harness/memory-peer.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { Clearing } from './clearing.ts'
import { History } from './history.ts'
import { migrations } from './migrations.ts'

const Position = z.object({ arrival: z.int() })
const positionOf = (store: Store) => store.get(Position, 'SELECT arrival FROM text_position')?.arrival

/** Rejects when the index holds anything but the words of the messages that are there. */
const checkIndex = (store: Store) =>
  store.write(() => store.run(`INSERT INTO message_text (message_text, rank) VALUES ('integrity-check', 1)`))

function openHistory(file = join(scratchFolder(), 'peer.db')) {
  const store = openStore({ path: file, migrations })
  const history = new History(store)
  onTestFinished(() => store.close())
  const add = (...texts: string[]) =>
    store.write(() => {
      for (const message of texts)
        history.add('bob', sampleMessage({ sender: 'bob', message }), { outgoing: false, stored: false })
    })
  const found = async (query: string) => (await history.texts.search(query, 100)).map(({ message }) => message)
  return { store, history, add, found }
}

test('message is found as soon as it is kept, although nothing filled the index yet', async () => {
  const { store, add, found } = openHistory()
  await add('one apple', 'two apples', 'a pear')
  expect(positionOf(store)).toBe(0)
  expect(await found('app')).toEqual(['two apples', 'one apple'])
  await add('three apples')
  expect(await found('app')).toEqual(['three apples', 'two apples', 'one apple'])
  await checkIndex(store)
})

test('words are found by their first letters, however many, in any case and order', async () => {
  const { add, found } = openHistory()
  await add('Grüße aus Göteborg')
  for (const query of ['g', 'gr', 'GRÜ', 'göte', 'göteb', 'göteborg', 'gö gr', 'aus G'])
    expect(await found(query)).toHaveLength(1)
  for (const query of ['ö', 'te', 'göteborgs', 'göte x']) expect(await found(query)).toEqual([])
})

test.each([
  ['会议安排在上海东边的办公室', ['上海', '海', '上海东边', '会议 办公室', '室'], ['海上', '京']],
  ['written in C++ and C#, not in Cobol', ['C++', 'c#', '+', '++', '#,', 'C#,'], ['c+#', '#c']],
  ['party 🎉🎉 tonight 👍🏽', ['🎉', '🎉🎉', '👍', '👍🏽'], ['🎈']],
  ['a comment of 1,250.00 €', ['omment', 'mme', '1,25', '€', '0.0', ',2'], ['mm', 'mment x']],
  ['ผมชอบกินข้าวผัด', ['ข้าว', 'กิน', 'ผัด'], ['น้ำ']],
  ['안녕하세요 여러분', ['안녕', '하세요', '세', '분'], ['바']],
  ['नमस्ते दुनिया', ['नमस्ते', 'दुनि'], ['नमस्कार']],
  [
    'the **over**lay at AT&amp;T, see [here](https://example.org)',
    ['overlay', 'AT&T', '**over', 'example.org', 'here'],
    [],
  ],
  ['"quoted" * AND (NOT) col:on - it\'s', ['"quoted"', '*', 'AND', 'col:on', 'NOT)', "it's", '-', '"'], ['""']],
  ['half a pair \ud83d here', ['pair', 'here'], []],
])('search finds in %j what a person sees there', async (text, present, absent) => {
  const { store, add, found } = openHistory()
  await add('another message', text)
  for (const query of present) expect(await found(query), query).toHaveLength(1)
  for (const query of absent) expect(await found(query), query).toEqual([])
  await checkIndex(store)
})

test('search finds any three characters of a word and any piece of a text without spaces', async () => {
  const { add, found } = openHistory()
  const text = fc.string({ unit: fc.constantFrom(...'aBé9上海ไ🎉+."*\n '), maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(text, fc.nat(), fc.nat(), async (message, from, length) => {
      await add(message)
      const words = message.split(/\s+/).filter(word => [...word].length > 2)
      const characters = [...(words[from % words.length] ?? '')]
      if (characters.length === 0) return
      const start = from % (characters.length - 2)
      const part = characters.slice(start, start + 3 + (length % characters.length)).join('')
      expect(await found(part)).toContain(message)
    }),
  )
})

test('search has nothing to find for a query that cannot be seen', async () => {
  const { add, found } = openHistory()
  await add('anything')
  for (const query of [' ', '\0', '\u0301', '\u200d\ufe0f']) expect(await found(query)).toEqual([])
})

test('index is filled at the start and in the quiet after messages came, in groups, until all are in it', async () => {
  const { store, history, add } = openHistory()
  await add(...Array.from({ length: 600 }, (_, n) => `message ${n}`))
  const stop = new AbortController()
  const running = history.texts.run(stop.signal, silentLog())
  const filledUpTo = async (arrival: number) => {
    while (positionOf(store) !== arrival) await new Promise(resolve => setImmediate(resolve))
  }
  await filledUpTo(600)
  await add('the last one')
  await filledUpTo(601)
  stop.abort()
  await running
  await checkIndex(store)
})

test('index takes in one long text at a time, and the beginning of an answer that is longer than a message may be', async () => {
  const { store, history, add, found } = openHistory()
  const text = 'first '.padEnd(MESSAGE_BYTES, 'x')
  await add(text, text, `${text} last`)
  const stop = new AbortController()
  const running = history.texts.run(stop.signal, silentLog())
  const passed = new Set<number | undefined>()
  while (!passed.has(3)) {
    await new Promise(resolve => setImmediate(resolve))
    passed.add(positionOf(store))
  }
  stop.abort()
  await running
  expect([...passed].filter(position => position !== 0)).toEqual([1, 2, 3])
  expect(await found('first')).toHaveLength(3)
  expect(await found('last')).toEqual([])
})

test('clearing a conversation takes out what the index has and leaves alone what it does not have yet', async () => {
  const { store, history, add, found } = openHistory()
  await add('an early apple')
  expect(await found('apple')).toHaveLength(1)
  await add('a late apple')
  await new Clearing(store, history.texts).clear('bob')
  expect(await found('apple')).toEqual([])
  await add('another apple')
  expect(await found('apple')).toEqual(['another apple'])
  await checkIndex(store)
})

test('clearing everything empties the index, and what comes after is found', async () => {
  const { store, history, add, found } = openHistory()
  await add('an early apple')
  expect(await found('apple')).toHaveLength(1)
  await add('a late apple')
  await new Clearing(store, history.texts).clearAll()
  expect(await found('apple')).toEqual([])
  await checkIndex(store)
  await add('another apple')
  expect(await found('apple')).toEqual(['another apple'])
  await checkIndex(store)
})

test('history of the first schema is found whole after it was migrated', async () => {
  const file = join(scratchFolder(), 'peer.db')
  const old = openStore({ path: file, migrations: migrations.slice(0, 1) })
  await old.write(() => {
    old.run(`INSERT INTO conversation (key, name) VALUES ('bob', 'bob')`)
    for (const [n, text] of ['an old apple', 'an older apple'].entries())
      old.run(
        `INSERT INTO message (id, conversation, outgoing, sender, destination, message, timestamp, type, metadata, stream, sequence)
         VALUES (?, 'bob', 1, 'alice', 'bob', ?, '2026-01-02T03:04:05.000Z', 'chat', '{}', 'a stream', ?)`,
        `id ${n}`,
        text,
        n + 1,
      )
  })
  old.close()
  const { store, history, found } = openHistory(file)
  expect(await found('app old')).toEqual(['an older apple', 'an old apple'])
  expect(history.undelivered('bob').map(({ id }) => id)).toEqual(['id 1', 'id 0'])
  await checkIndex(store)
})

test('search over the API finds what was sent a moment ago', async () => {
  const { chat, ask } = await openMemoryPeer()
  await chat.send('bob', { message: 'where is the apple?' })
  expect((await ask('/api/search?q=app')).body).toMatchObject([{ message: 'where is the apple?' }])
})

test('clearing takes a long history in groups and leaves what came meanwhile and what was said with others', async () => {
  const { store, history, add } = openHistory()
  await add(...Array.from({ length: 600 }, (_, n) => `message ${n}`))
  await store.write(() => history.add('Carol', sampleMessage({ sender: 'Carol' }), { outgoing: false, stored: false }))
  const clearing = new Clearing(store, history.texts).clear('bob')
  const late = add('a late one')
  await clearing
  await late
  expect(history.before('bob', Number.MAX_SAFE_INTEGER, 10).messages.map(({ message }) => message)).toEqual([
    'a late one',
  ])
  expect(history.before('Carol', Number.MAX_SAFE_INTEGER, 10).messages).toHaveLength(1)
})
