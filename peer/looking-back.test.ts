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
