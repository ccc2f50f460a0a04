import { expect, test } from 'vitest'
import * as z from 'zod'
import { openMemoryProxy, peersNamed, postJson, type Told } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleBatch } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { MOST_STRANGERS, NEW_STRANGERS, Strangers } from './strangers.ts'
import { STRANGERS_BYTES } from './waiting-bytes.ts'

const Count = z.object({ count: z.int() })

const INVENTED = 2_000

async function proxy() {
  const network = new MemoryNetwork()
  const time = { ms: Date.parse('2026-01-02T03:04:05.000Z') }
  const folder = scratchFolder()
  const bob = await openMemoryProxy({
    name: 'bob',
    folder,
    network,
    endpoints: peersNamed('alice'),
    now: () => time.ms,
  })
  const count = (table: string) => bob.store.get(Count, `SELECT count(*) AS count FROM ${table}`)?.count
  const say = (from: string, ...texts: string[]) => {
    const { messages, ...batch } = sampleBatch(...texts)
    const signed = messages.map(item => ({ ...item, message: item.message && { ...item.message, sender: from } }))
    const presence = { kind: 'service', online: true, commands: ['x'.repeat(100)] }
    return bob.app.request('/overlay/messages', postJson({ ...batch, from, presence, messages: signed }))
  }
  return { bob, count, say, time, network }
}

test('thousands of invented senders leave what is remembered bounded, are told so, and push nobody out whom the table names', async () => {
  const { bob, count, say, network } = await proxy()
  expect((await say('alice', 'of alice')).status).toBe(200)
  const before = bob.inbox.sources.find({ from: 'alice', to: 'bob' })
  const statuses = new Map<number, number>()
  for (let n = 0; n < INVENTED; n += 1) {
    const { status } = await say(`invented-${n}`, 'hi')
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  expect([...statuses]).toEqual([
    [200, NEW_STRANGERS],
    [429, INVENTED - NEW_STRANGERS],
  ])
  const refused = await say('late-joiner', 'hi')
  expect(await refused.json()).toMatchObject({
    error: { code: 'too_many_strangers', message: expect.stringContaining('the routing table here does not name it') },
  })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect([count('source'), count('event'), count('destination')]).toEqual([NEW_STRANGERS + 1, NEW_STRANGERS + 1, 0])
  // Their receipts are not told to anybody: no loop runs for a name without a route.
  bob.inbox.gave(NEW_STRANGERS + 1)
  const acknowledged = { store: bob.identity.id, cursor: NEW_STRANGERS + 1 }
  expect((await bob.app.request('/events/acknowledge', postJson(acknowledged))).status).toBe(200)
  await bob.told.first((event: Told) => event.kind === 'presence' && event.presence === null)
  expect([count('destination'), new Set(network.sent.map(({ to }) => to))]).toEqual([1, new Set(['alice'])])
  expect(bob.inbox.sources.find({ from: 'alice', to: 'bob' })).toMatchObject({ stream: before?.stream })
  // The table comes: the late one is one of the others now.
  await bob.routing.apply({ version: 2, endpoints: peersNamed('alice', 'late-joiner') })
  expect((await say('late-joiner', 'here I am')).status).toBe(200)
  expect(bob.texts()).toEqual(['here I am'])
})

test('names that the table does not have are forgotten beyond a bound, the least recent first', () => {
  const time = { ms: 0 }
  const strangers = new Strangers({ isKnown: name => name === 'alice', now: () => time.ms })
  const forgotten: string[] = []
  for (let n = 0; n < MOST_STRANGERS + 3; n += 1) {
    time.ms += 60_000
    forgotten.push(
      ...strangers.heardOf(`Stranger-${n}`),
      ...strangers.heardOf('Stranger-0'),
      ...strangers.heardOf('alice'),
    )
  }
  expect(forgotten).toEqual(['stranger-1', 'stranger-2', 'stranger-3'])
})

test('a sender may have few names for this proxy, and its stream to the own name stays', async () => {
  const { bob, count, say } = await proxy()
  await say('alice', 'to the own name')
  for (let n = 0; n < 100; n += 1)
    await bob.app.request('/overlay/messages', postJson({ ...sampleBatch(), to: `name-${n}` }))
  expect(count('source')).toBe(16)
  expect(bob.inbox.sources.find({ from: 'alice', to: 'bob' })).toMatchObject({ expected: 2 })
})

test('ended streams are remembered up to a bound', async () => {
  const { bob, count, say } = await proxy()
  await bob.store.write(() => {
    for (let n = 0; n < 10_050; n += 1) bob.store.run('INSERT INTO ended_stream VALUES (?, ?)', `old ${n}`, n)
  })
  await say('alice', 'one')
  await say('alice', 'of another stream')
  expect(count('ended_stream')).toBe(10_000)
})

test('messages of names that the table does not have wait for the own peer up to a bound', async () => {
  const { bob, count, say } = await proxy()
  const large = 'x'.repeat(64 * 1024)
  let taken = 0
  const many = Array.from({ length: 40 }, () => large)
  while ((await say(`invented-${taken % 3}`, ...many)).status === 200) taken += 1
  expect(taken * 40 * 64 * 1024).toBeGreaterThan(STRANGERS_BYTES - 4 * 1024 * 1024)
  expect(taken * 40 * 64 * 1024).toBeLessThan(STRANGERS_BYTES + 4 * 1024 * 1024)
  const refused = await say('invented-0', 'more')
  expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: 'inbox_full' } }])
  expect((await say('alice', 'of alice')).status).toBe(200)
  const cursor = bob.inbox.cursors.given
  bob.inbox.gave(cursor)
  await bob.app.request('/events/acknowledge', postJson({ store: bob.identity.id, cursor }))
  expect([count('event'), (await say('invented-0', 'again')).status]).toEqual([0, 200])
})

test('what names without a route said of themselves is remembered up to a bound, for the case that a table brings them', async () => {
  const { bob } = await proxy()
  for (let n = 0; n < 1_000; n += 1) bob.peers.met(`invented-${n}`, { kind: 'service', online: true, commands: ['on'] })
  await bob.routing.apply({ version: 2, endpoints: peersNamed('alice', 'invented-0', 'invented-999') })
  expect(bob.peers.list()).toMatchObject([
    { name: 'alice', kind: 'person' },
    { name: 'invented-0', kind: 'person' },
    { name: 'invented-999', kind: 'service', commands: ['on'] },
  ])
})
