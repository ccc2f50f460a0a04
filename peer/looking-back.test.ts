import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openMemoryPeer } from '../test/harness/memory-peer.ts'
import { sampleMessage } from '../test/harness/samples.ts'

const messages = (peer: string) => `/api/conversations/${peer}/messages`

test('history comes in pages that hold every message exactly once, oldest first', async () => {
  const { past, desk } = await openMemoryPeer()
  const ids = Array.from({ length: 23 }, (_, n) => sampleMessage({ sender: 'bob', message: String(n) }))
  await desk.store.write(() => {
    for (const message of ids) {
      desk.history.add('bob', message, { outgoing: false, stored: false })
      desk.history.add('Carol', sampleMessage({ sender: 'Carol' }), { outgoing: false, stored: false })
    }
  })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), limit => {
      const pages = []
      let before: string | undefined
      do {
        const page = past.page('BOB', { before, limit })
        expect(page.messages.length).toBeLessThanOrEqual(limit)
        pages.unshift(page.messages.map(({ message }) => message))
        before = page.before ?? undefined
      } while (before !== undefined && pages.length < 100)
      expect(pages.flat()).toEqual(ids.map(({ message }) => message))
      expect(pages.every(page => page.length > 0)).toBe(true)
    }),
  )
})

test('pages of long answers, and what a search finds of them, have less the longer they are, and miss none', async () => {
  const { past, desk } = await openMemoryPeer()
  const long = Array.from({ length: 20 }, (_, n) =>
    sampleMessage({ sender: 'GPT', message: `${n} ${'x'.repeat(2 ** 20)}` }),
  )
  await desk.store.write(() => {
    for (const message of long) desk.history.add('GPT', message, { outgoing: false, stored: false })
  })
  const pages: string[][] = []
  for (let before: string | null | undefined; before !== null && pages.length < 20; ) {
    const page = past.page('GPT', { before, limit: 200 })
    pages.unshift(page.messages.map(({ id }) => id))
    before = page.before
  }
  expect(pages.flat()).toEqual(long.map(({ id }) => id))
  expect(pages.map(({ length }) => length)).toEqual([6, 7, 7])
  expect((await past.search('xxx', 100)).map(({ id }) => id)).toEqual(pages[2]?.reverse())
})

test.each([
  ['limit=0', 'limit'],
  ['limit=201', 'limit'],
  ['limit=x', 'limit'],
  ['before=-1', 'before'],
  ['before=x', 'before'],
])('history with %s is refused', async (query, field) => {
  const { ask } = await openMemoryPeer()
  expect(await ask(`${messages('bob')}?${query}`)).toMatchObject({ status: 422, body: { error: { field } } })
})

test('search finds words by their beginnings, newest first, and takes any punctuation for text', async () => {
  const { chat, past } = await openMemoryPeer()
  for (const message of ['the first message', 'the second "message"', 'nothing']) await chat.send('bob', { message })
  expect((await past.search('mess the', 10)).map(({ message }) => message)).toEqual([
    'the second "message"',
    'the first message',
  ])
  const query = fc
    .string({ minLength: 1, maxLength: 20 })
    .filter(text => text.trim() !== '' && !text.includes('\u0000'))
  await fc.assert(
    fc.asyncProperty(query, async text => {
      expect((await past.search(text, 10)).length).toBeLessThanOrEqual(3)
    }),
  )
})

test.each([' ', '\u0000'])('search for %j finds nothing', async query => {
  const { ask } = await openMemoryPeer()
  expect(await ask(`/api/search?q=${encodeURIComponent(query)}`)).toMatchObject({ status: 200, body: [] })
})

test('conversations are told whole up to a size in all, and then with the beginning of what was said last', async () => {
  const { desk, past } = await openMemoryPeer()
  const text = 'x'.repeat(64 * 1024)
  const names = Array.from({ length: 200 }, (_, n) => `sender-${String(n).padStart(3, '0')}`)
  await desk.store.write(() => {
    for (const sender of names)
      desk.history.add(sender, sampleMessage({ sender, message: text }), { outgoing: false, stored: false })
  })
  const lengths = past.conversations().map(({ last }) => last?.message.length)
  expect(lengths).toEqual(names.map((_, n) => (n < 128 ? text.length : 200)))
})

test('of more conversations than are told, those that the routing table names are', async () => {
  const { desk, past } = await openMemoryPeer()
  await desk.store.write(() => {
    for (let n = 0; n < 20_050; n += 1)
      desk.store.run('INSERT INTO conversation (key, name) VALUES (?, ?)', `a-${n}`, `a-${n}`)
    desk.store.run("INSERT INTO conversation (key, name) VALUES ('bob', 'bob'), ('meter', 'meter')")
  })
  const told = past.conversations().map(({ peer }) => peer)
  expect([told.length, told.slice(0, 2)]).toEqual([20_000, ['bob', 'meter']])
})
