import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../shared/process/store.ts'
import { ProxyEvent } from '../shared/protocol/local.ts'
import { ANSWER_BYTES, METADATA_BYTES, utf8Bytes } from '../shared/protocol/message.ts'
import { openMemoryProxy } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { deliverable, EVENT_CHARACTERS } from './deliverable.ts'
import { migrations } from './migrations.ts'

const message = (text: string, metadata = {}) =>
  JSON.stringify({ kind: 'message', stored: false, message: sampleMessage({ sender: 'GPT', message: text, metadata }) })
const read = (json: string) => ProxyEvent.parse({ cursor: 1, ...JSON.parse(deliverable(json)) })

test.each([
  ['letters', 'x'],
  ['characters of four bytes', '😀'],
  ['characters that JSON writes with six', '\u0001'],
])('an answer of 5 MB of %s is kept as its beginning, and says so', (_, character) => {
  const text = character.repeat(5_000_000 / character.length)
  const event = read(message(text, { replyTo: '01a20092-b6be-7594-ac81-2644b107227d', model: 'm' }))
  if (event.kind !== 'message') throw new Error(event.kind)
  const kept = event.message.message
  expect([text.startsWith(kept), utf8Bytes(kept) <= ANSWER_BYTES, utf8Bytes(kept) > ANSWER_BYTES - 4]).toEqual([
    true,
    true,
    true,
  ])
  expect(event.message.metadata).toMatchObject({
    ...{ replyTo: '01a20092-b6be-7594-ac81-2644b107227d', model: 'm', ending: 'length' },
    endingDetail: expect.stringMatching(/^Only its beginning is kept: it was \d+ KiB, and 1024 KiB is the limit\.$/),
  })
})

test('the largest answer of all, with the largest metadata, is kept whole and fits into an event', () => {
  const json = message('\u0001'.repeat(ANSWER_BYTES), { note: 'x'.repeat(METADATA_BYTES - 20) })
  expect(deliverable(json)).toBe(json)
  expect(json.length).toBeLessThan(EVENT_CHARACTERS)
  expect(read(json)).toMatchObject({ kind: 'message' })
})

test('a reason of 5 MB is kept as its beginning', () => {
  const failed = { kind: 'failed', id: '01a20092-b6be-7594-ac81-2644b107227d', destination: 'GPT', cancelled: false }
  const event = read(JSON.stringify({ ...failed, reason: 'because '.repeat(640_000) }))
  expect(event).toMatchObject({ ...failed, reason: expect.stringMatching(/^because because .*…$/) })
})

test('events that an earlier version kept too large are given as far as they fit, in their order, few at a time', async () => {
  const folder = scratchFolder()
  const store = openStore({ path: join(folder, 'alice.db'), migrations })
  const bodies = [
    'before',
    'y'.repeat(5_000_000),
    ...Array.from({ length: 300 }, (_, n) => `behind ${n} ${'z'.repeat(4_000)}`),
  ]
  await store.write(() => {
    for (const text of bodies) store.run('INSERT INTO event (body) VALUES (?)', message(text))
  })
  store.close()
  const { inbox } = await openMemoryProxy({ name: 'alice', folder, network: new MemoryNetwork() })
  const lengths: number[] = []
  for (let cursor = 0; ; ) {
    const page = inbox.eventsAfter(cursor, 128, 256 * 1024)
    if (page.length === 0) break
    const characters = page.reduce((sum, { json }) => sum + json.length, 0)
    expect(page.length === 1 || characters <= 257 * 1024).toBe(true)
    for (const { json } of page) {
      const event = ProxyEvent.parse(JSON.parse(json))
      if (event.kind === 'message') lengths.push(event.message.message.length)
    }
    cursor = page.at(-1)?.cursor ?? 0
  }
  expect(lengths).toEqual(bodies.map(text => Math.min(text.length, ANSWER_BYTES)))
})
