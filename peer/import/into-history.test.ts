/** Imported messages in the history of a peer: their order, what is unread, what a search finds, and twice. */

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { openStore, type Store } from '../../shared/process/store.ts'
import { openMemoryPeer } from '../../test/harness/memory-peer.ts'
import { sampleMessage } from '../../test/harness/samples.ts'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { History } from '../history.ts'
import { migrations } from '../migrations.ts'
import { type Imported, messagesOf } from './imported.ts'
import { importInto } from './into-history.ts'

const FILE = 'chat_history_alice.json'

type Said = {
  readonly with: string
  readonly at: number
  readonly text: string
  readonly mine?: boolean
  readonly status?: string
}

const second = (at: number) => new Date(Date.UTC(2025, 0, 1) + at * 1000).toISOString()

const imported = (...said: readonly Said[]): Imported[] =>
  messagesOf(
    said.map(({ with: peer_id, at, text, mine = false, status }) => ({
      where: '',
      document: { peer_id, sender: mine ? 'alice' : peer_id, message: text, timestamp: second(at), status },
    })),
    { file: FILE, owner: 'alice', known: [] },
  ).messages

function openFile(file = join(scratchFolder(), 'peer.db')) {
  const store = openStore({ path: file, migrations })
  let isClosed = false
  const close = () => {
    if (!isClosed) store.close()
    isClosed = true
  }
  onTestFinished(close)
  return { file, store, close }
}

const quiet = () => {}

/** As it arrives while the peer runs. */
const arrive = (store: Store, { with: other, at, text, mine = false }: Said) =>
  store.write(() => {
    const ends = mine ? { sender: 'alice', destination: other } : { sender: other, destination: 'alice' }
    const message = sampleMessage({ ...ends, message: text, timestamp: second(at) })
    new History(store).add(other, message, { outgoing: mine, stored: false })
  })

const textsOf = (store: Store, name: string) =>
  new History(store)
    .before(name, Number.MAX_SAFE_INTEGER, 1_000)
    .messages.reverse()
    .map(({ message }) => message)

test('imported messages stand by their time among what is there', async () => {
  const { store } = openFile()
  for (const at of [10, 20, 30]) await arrive(store, { with: 'bob', at, text: `there ${at}` })
  const file = imported(
    { with: 'bob', at: 35, text: 'newest' },
    { with: 'bob', at: 5, text: 'oldest' },
    { with: 'bob', at: 20, text: 'between' },
    { with: 'bob', at: 20, text: 'and behind it' },
    { with: 'carol', at: 15, text: 'hers' },
  )
  const { added, known } = await importInto(store, file, quiet)
  expect([[...added], known]).toEqual([
    [
      ['bob', 4],
      ['carol', 1],
    ],
    0,
  ])
  expect(textsOf(store, 'bob')).toEqual([
    'oldest',
    'there 10',
    'there 20',
    'between',
    'and behind it',
    'there 30',
    'newest',
  ])
  expect(textsOf(store, 'carol')).toEqual(['hers'])
})

const names = ['bob', 'carol', 'dave']
const someone = fc.record({ with: fc.constantFrom(...names), at: fc.nat(50), mine: fc.boolean() })
const some = (maxLength: number) => fc.array(someone, { maxLength })

test('order holds whatever is there and however the file grows: what was there keeps its own, the file its times', async () => {
  await fc.assert(
    fc.asyncProperty(some(20), some(20), fc.nat(20), some(5), async (present, inFile, first, between) => {
      const store = openStore({ path: join(scratchFolder(), 'peer.db'), migrations })
      try {
        const file = inFile.map((one, index) => ({ ...one, text: `file ${index}` }))
        const there = present.map((one, index) => ({ ...one, text: `there ${index}` }))
        const later = between.map((one, index) => ({ ...one, text: `there ${present.length + index}` }))
        for (const one of there) await arrive(store, one)
        await importInto(store, imported(...file.slice(0, first)), quiet)
        for (const one of later) await arrive(store, one)
        await importInto(store, imported(...file), quiet)
        for (const name of names) {
          const texts = textsOf(store, name)
          const own = [...there, ...later].filter(one => one.with === name).map(({ text }) => text)
          expect(texts.filter(text => text.startsWith('there'))).toEqual(own)
          const byTime = file.filter(one => one.with === name).sort((a, b) => a.at - b.at)
          expect(texts.filter(text => text.startsWith('file'))).toEqual(byTime.map(({ text }) => text))
          for (const { at, text } of byTime)
            for (const newer of [...there, ...later].filter(one => one.with === name && one.at > at))
              expect(texts.indexOf(text)).toBeLessThan(texts.indexOf(newer.text))
          let reached = 0
          for (const older of there.filter(one => one.with === name)) {
            reached = Math.max(reached, older.at)
            for (const { text } of byTime.filter(({ at }) => at >= reached))
              expect(texts.indexOf(text)).toBeGreaterThan(texts.indexOf(older.text))
          }
        }
      } finally {
        store.close()
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('nothing imported is unread; what was unread before and is newer stays so', async () => {
  const { store, file, close } = openFile()
  await arrive(store, { with: 'bob', at: 10, text: 'seen' })
  await store.write(() => new History(store).reading.markRead('bob'))
  await arrive(store, { with: 'bob', at: 20, text: 'new one' })
  await arrive(store, { with: 'bob', at: 30, text: 'new two' })
  await importInto(store, imported({ with: 'bob', at: 1, text: 'old' }, { with: 'carol', at: 40, text: 'hers' }), quiet)
  close()
  const { past } = await openMemoryPeer({ file })
  const unread = past.conversations().map(({ peer, unread: count }) => [peer, count])
  expect(Object.fromEntries(unread)).toEqual({ bob: 2, carol: 0 })
  const found = past.conversations().find(({ peer }) => peer === 'carol')
  expect(found?.last).toMatchObject({ message: 'hers', state: 'read' })
})

test('pages and search go over what was there and what was imported, newest first', async () => {
  const { store, file, close } = openFile()
  for (const at of [100, 200]) await arrive(store, { with: 'bob', at, text: `apple ${at}` })
  await new History(store).texts.search('apple', 10)
  const many = Array.from({ length: 60 }, (_, at) => ({ with: 'bob', at: at * 5, text: `apple from the file ${at}` }))
  await importInto(store, imported(...many), quiet)
  close()
  const { past, chat } = await openMemoryPeer({ file })
  const hits = await past.search('apple', 100)
  expect(hits).toHaveLength(62)
  expect(hits.map(({ timestamp }) => timestamp)).toEqual(
    hits
      .map(({ timestamp }) => timestamp)
      .sort()
      .reverse(),
  )
  expect((await past.search('200', 10)).map(({ message }) => message)).toEqual(['apple 200'])
  const pages: string[] = []
  for (let before: string | null | undefined; before !== null; ) {
    const page = past.page('bob', before === undefined ? { limit: 7 } : { before, limit: 7 })
    pages.unshift(...page.messages.map(({ message }) => message))
    before = page.before
  }
  expect(pages).toHaveLength(62)
  expect(pages.indexOf('apple 100')).toBe(pages.indexOf('apple from the file 20') - 1)
  await chat.send('bob', { message: 'apple of now' })
  expect((await past.search('apple', 1))[0]?.message).toBe('apple of now')
})

test('a page of history that was open before an import goes on after it without a gap', async () => {
  const { store, file, close } = openFile()
  for (let n = 1; n <= 10; n += 1) await arrive(store, { with: 'bob', at: n, text: `there ${n}` })
  close()
  const reader = await openMemoryPeer({ file })
  const { before } = reader.past.page('bob', { limit: 4 })
  reader.close()
  const importing = openFile(file)
  const old = Array.from({ length: 5 }, (_, n) => ({ with: 'bob', at: 0, text: `from the file ${n + 1}` }))
  await importInto(importing.store, imported(...old), quiet)
  importing.close()
  const { past } = await openMemoryPeer({ file })
  const { messages } = past.page('bob', { before: before ?? undefined, limit: 100 })
  expect(messages.map(({ message }) => message)).toEqual([
    ...old.map(({ text }) => text),
    ...[1, 2, 3, 4, 5, 6].map(n => `there ${n}`),
  ])
})

test('own messages are received, or failed to be sent again; nothing is handed over by itself', async () => {
  const { store, file, close } = openFile()
  const own = { with: 'bob', mine: true }
  const messages = imported(
    { ...own, at: 1, text: 'left', status: 'sent' },
    { ...own, at: 2, text: 'stayed', status: 'pending' },
  )
  await importInto(store, messages, quiet)
  close()
  const { history, desk, chat } = await openMemoryPeer({ file })
  expect(history('bob')).toMatchObject([
    { message: 'left', state: 'received' },
    { message: 'stayed', state: 'failed', reason: expect.stringContaining('had not left the Python overlay') },
  ])
  expect(desk.outbox.head()).toEqual([])
  await chat.retry(history('bob')[1]?.id ?? '')
  expect(desk.outbox.head()).toMatchObject([{ destination: 'bob', message: 'stayed' }])
})

test('a second import adds only what is new, and takes back what left since', async () => {
  const { store } = openFile()
  const first: Said[] = [
    { with: 'bob', at: 1, text: 'hi' },
    { with: 'bob', at: 2, text: 'stayed', mine: true, status: 'pending' },
  ]
  expect(await importInto(store, imported(...first), quiet)).toMatchObject({ failed: 1, known: 0 })
  const same = await importInto(store, imported(...first), quiet)
  expect(same).toEqual({ added: new Map(), failed: 0, known: 2, leftSince: 0, wereCleared: false })
  const grown = first.map(one => ({ ...one, status: 'delivered' }))
  const outcome = await importInto(store, imported(...grown, { with: 'bob', at: 3, text: 'new' }), quiet)
  expect(outcome).toEqual({ added: new Map([['bob', 1]]), failed: 0, known: 2, leftSince: 1, wereCleared: false })
  expect(textsOf(store, 'bob')).toEqual(['hi', 'stayed', 'new'])
  const states = new History(store).before('bob', Number.MAX_SAFE_INTEGER, 10).messages.map(({ state }) => state)
  expect(states).toEqual([null, 'received', null])
})

test('what was cleared comes back with an import, and only with one', async () => {
  const { store, file, close } = openFile()
  const messages = imported({ with: 'bob', at: 1, text: 'hi' })
  await importInto(store, messages, quiet)
  close()
  const peer = await openMemoryPeer({ file })
  await peer.chat.clear('bob')
  peer.close()
  const again = openFile(file)
  expect(await importInto(again.store, messages, quiet)).toMatchObject({ wereCleared: true, known: 0 })
  expect(textsOf(again.store, 'bob')).toEqual(['hi'])
})

test('how far an AI is told of a conversation, and how far it was read, stay where they were', async () => {
  const { store, file, close } = openFile()
  for (const at of [10, 20]) await arrive(store, { with: 'BOT', at, text: `question ${at}`, mine: true })
  close()
  const peer = await openMemoryPeer({ file })
  await peer.desk.store.write(() => peer.desk.choices.beginAnew('BOT'))
  await peer.chat.clear('BOT')
  peer.close()
  const again = openFile(file)
  await importInto(
    again.store,
    imported({ with: 'BOT', at: 1, text: 'old' }, { with: 'bob', at: 30, text: 'b' }),
    quiet,
  )
  again.close()
  const { desk } = await openMemoryPeer({ file })
  const { since } = desk.choices.find('BOT')
  await arrive(desk.store, { with: 'BOT', at: 40, text: 'question 40', mine: true })
  const newest = desk.history.before('BOT', Number.MAX_SAFE_INTEGER, 1).messages[0]?.arrival
  expect(newest).toBeGreaterThan(since)
  expect(newest).toBeGreaterThan(4)
})

test('what arrives after an import is unread, also where everything before it was cleared', async () => {
  const { store, file, close } = openFile()
  for (const at of [10, 20]) await arrive(store, { with: 'bob', at, text: `seen ${at}` })
  await store.write(() => new History(store).reading.markRead('bob'))
  await importInto(store, imported({ with: 'bob', at: 1, text: 'old' }), quiet)
  close()
  const { desk, chat, past } = await openMemoryPeer({ file })
  await chat.clear('bob')
  await arrive(desk.store, { with: 'bob', at: 30, text: 'new' })
  expect(past.conversations()).toMatchObject([{ peer: 'bob', unread: 1 }])
})
