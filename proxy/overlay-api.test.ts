import { v4 as uuidv4 } from 'uuid'
import { expect, test } from 'vitest'
import { MOST } from '../shared/protocol/bounds.ts'
import { ErrorBody } from '../shared/protocol/errors.ts'
import type { Metadata } from '../shared/protocol/message.ts'
import { Acknowledgement, type Batch, type ReceiptMarks } from '../shared/protocol/overlay.ts'
import type { Endpoints } from '../shared/protocol/route.ts'
import { type MemoryProxy, openMemoryProxy, peersNamed, postJson, type Told } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleBatch, sampleMessage, sampleSubmission } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'

const delivered = (count: number) => (event: Told) => event.kind === 'progress' && event.marks.delivered >= count

async function pair(endpoints: Endpoints = peersNamed('bob')) {
  const network = new MemoryNetwork()
  const folder = scratchFolder()
  const random = () => 0.002
  const alice = await openMemoryProxy({ name: 'alice', folder, network, endpoints, random })
  const bob = await openMemoryProxy({ name: 'bob', folder, network, endpoints: peersNamed('alice'), random })
  return { alice, bob, network }
}

/** Whatever somebody claims, as JSON. */
const post = (to: MemoryProxy, batch: unknown) => to.app.request('/overlay/messages', postJson(batch))
const errorOf = async (answer: Response) => ErrorBody.parse(await answer.json()).error
const at = (sequence: number, batch: Batch = sampleBatch('forged')): Batch => ({
  ...batch,
  begin: sequence,
  oldest: sequence,
  messages: batch.messages.map(item => ({ ...item, sequence })),
})

test.each([2 ** 53 - 1, 2 ** 53, MOST + 1, 0, -1, 1.5])(
  'a batch at the sequence %d is refused before anything is written',
  async sequence => {
    const { alice, bob } = await pair()
    const answer = await post(bob, at(sequence))
    expect([answer.status, (await errorOf(answer)).field]).toEqual([422, 'begin'])
    expect(bob.kept()).toEqual([])
    await alice.carrier.submit(sampleSubmission({ message: 'of alice' }))
    await alice.told.first(delivered(1))
    expect(bob.texts()).toEqual(['of alice'])
  },
)

test('a forged stream at the highest sequence is answered, and the sender whose name it has begins another one', async () => {
  const { alice, bob } = await pair()
  await alice.carrier.submit(sampleSubmission({ message: 'one' }))
  await alice.told.first(delivered(1))
  const before = alice.destinations.find('bob')?.stream
  const answer = await post(bob, at(MOST))
  expect(answer.status).toBe(200)
  expect(Acknowledgement.parse(await answer.json())).toMatchObject({ continues: true, acknowledged: MOST })
  for (const text of ['two', 'three']) await alice.carrier.submit(sampleSubmission({ message: text }))
  await alice.told.first(delivered(3))
  expect(bob.texts()).toEqual(['one', 'forged', 'two', 'three'])
  expect(alice.destinations.find('bob')?.stream).not.toBe(before)
})

test.each(['expected', 'received', 'read'])(
  'a sender whose %s an earlier version let grow beyond all numbers begins another stream',
  async column => {
    const { alice, bob } = await pair()
    await alice.carrier.submit(sampleSubmission({ message: 'one' }))
    await alice.told.first(delivered(1))
    for (const value of ['9007199254740992', '9223372036854775807']) {
      await bob.store.write(() => bob.store.run(`UPDATE source SET ${column} = ${value}`))
      await alice.carrier.submit(sampleSubmission({ message: value }))
      await alice.told.first(event => event.kind === 'progress' && alice.outbox.waiting() === 0)
    }
    expect(bob.texts()).toEqual(['one', '9007199254740992', '9223372036854775807'])
  },
)

/** Alice sent one message to bob and has two more that wait; nobody has acknowledged anything to her. */
async function waiting(endpoints?: Endpoints) {
  const { alice, bob, network } = await pair(endpoints)
  network.fault = batch => (batch.to === 'bob' ? 'unacknowledged' : 'none')
  await alice.carrier.submit(sampleSubmission({ message: 'one' }))
  await alice.told.first(event => event.kind === 'waiting')
  const stream = alice.destinations.find('bob')?.stream ?? ''
  const receipt = (marks: Partial<ReceiptMarks>): ReceiptMarks => ({ stream, received: 1, read: 1, ...marks })
  const say = async (from: string, ...receipts: ReceiptMarks[]) => {
    const answer = await post(alice, { ...sampleBatch(), from, to: 'alice', receipts })
    expect(answer.status).toBe(200)
    return { ...alice.destinations.find('bob'), waiting: alice.outbox.waiting() }
  }
  return { alice, bob, network, receipt, say, stream }
}

test('receipts count from the destination of their stream, and from nobody else', async () => {
  const { alice, bob, network, receipt, say } = await waiting()
  network.fault = () => 'lost'
  for (const from of ['mallory', 'alice', 'GPT']) {
    expect(await say(from, receipt({}))).toMatchObject({ acknowledged: 0, received: 0, read: 0, waiting: 1 })
  }
  expect(bob.texts()).toEqual(['one'])
  expect(await say('BOB', receipt({ read: 0 }))).toMatchObject({ acknowledged: 1, received: 1, read: 0, waiting: 0 })
  expect(alice.carrier.counts.delivered).toBe(1)
})

test('receipts count up to what was sent', async () => {
  const { alice, network, receipt, say } = await waiting()
  network.fault = () => 'lost'
  const stuck = { acknowledged: 0, received: 0, read: 0, waiting: 1 }
  for (const mark of [2, 99, MOST])
    expect(await say('bob', receipt({ received: mark, read: mark }))).toMatchObject(stuck)
  expect(await say('bob', receipt({ stream: uuidv4() }))).toMatchObject(stuck)
  expect(await say('bob', receipt({ read: 77 }))).toMatchObject({ acknowledged: 1, received: 1, read: 0 })
  expect(alice.kept()).toEqual([])
})

test('receipts count from a name that the table has for the same peer, and make an unknown one be asked for', async () => {
  const known = await waiting({ ...peersNamed('bob'), robert: { ...peersNamed('bob')['bob'] } as Endpoints[string] })
  known.network.fault = () => 'lost'
  expect(await known.say('robert', known.receipt({}))).toMatchObject({ received: 1, waiting: 0 })
  const unknown = await waiting()
  unknown.bob.inbox.gave(1)
  await unknown.bob.store.write(() => unknown.bob.inbox.acknowledge(1))
  unknown.network.fault = () => 'none'
  await unknown.say('robert', unknown.receipt({ read: 0 }))
  await unknown.alice.told.first(event => event.kind === 'progress' && event.marks.received === 1)
  expect(unknown.alice.outbox.waiting()).toBe(0)
})

test('an acknowledgement counts for the stream that was sent, and up to what was sent', async () => {
  const { alice, bob, network } = await pair(peersNamed('bob', 'carol'))
  network.fault = batch => (batch.to === 'carol' ? 'lost' : 'none')
  await alice.carrier.submit(sampleSubmission({ destination: 'carol', message: 'to carol' }))
  await alice.told.first(event => event.kind === 'waiting' && event.destination === 'carol')
  const toCarol = alice.destinations.find('carol')?.stream ?? ''
  let later: Promise<unknown> = Promise.resolve()
  network.failNext('bob', async deliver => {
    const honest = await deliver()
    // While the first is out, two more are accepted, which nobody can have received.
    later = alice.carrier.submitAll(['two', 'three'].map(message => sampleSubmission({ message })))
    await later
    return { ...honest, acknowledged: 3, receipts: { stream: toCarol, received: 1, read: 1 } }
  })
  await alice.carrier.submit(sampleSubmission({ message: 'one' }))
  await alice.told.first(delivered(3))
  expect(bob.texts().sort()).toEqual(['one', 'one', 'three', 'two'])
  expect(alice.destinations.find('carol')).toMatchObject({ acknowledged: 0, received: 0, read: 0 })
  expect(alice.kept()).toMatchObject([{ kind: 'restarted', destination: 'bob' }])
})

test('events are acknowledged up to what was given, and no further', async () => {
  const { alice, bob } = await pair()
  await alice.carrier.submitAll(['one', 'two'].map(message => sampleSubmission({ message })))
  await alice.told.first(delivered(2))
  const acknowledge = (cursor: number) =>
    bob.app.request('/events/acknowledge', postJson({ store: bob.identity.id, cursor }))
  expect((await acknowledge(2)).status).toBe(200)
  expect(bob.texts()).toEqual(['one', 'two'])
  bob.inbox.gave(1)
  expect((await acknowledge(MOST)).status).toBe(200)
  expect(bob.texts()).toEqual(['two'])
  for (const cursor of [MOST + 1, 2 ** 53 - 1, -1]) expect((await acknowledge(cursor)).status).toBe(422)
})

/** So many arrays in one another, one of them in the metadata. */
const nested = (levels: number): Metadata => ({
  deep: JSON.parse(`${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}`),
})

test('metadata of more than 8 levels is refused at every door, with its field', async () => {
  const { alice, bob } = await pair()
  const submission = (levels: number) => sampleSubmission({ metadata: nested(levels) })
  const doors: [string, (levels: number) => unknown, string][] = [
    ['/messages', submission, 'metadata.deep'],
    ['/messages/batch', levels => ({ messages: [submission(levels)] }), 'messages.0.metadata.deep'],
  ]
  for (const [path, body, field] of doors) {
    const answer = await alice.app.request(path, postJson(body(9)))
    const message = expect.stringContaining(`${field} makes the metadata more than 8 levels deep`)
    expect([answer.status, await errorOf(answer)]).toMatchObject([422, { field, message }])
    // Deeper than anything of ours it is not even looked at.
    expect((await alice.app.request(path, postJson(body(4_150)))).status).toBe(400)
  }
  const batch = (levels: number) => {
    const message = sampleMessage({ metadata: nested(levels) })
    return { ...sampleBatch(), messages: [{ sequence: 1, message, stored: false }] }
  }
  expect(await errorOf(await post(bob, batch(9)))).toMatchObject({ field: 'messages.0.message.metadata.deep' })
  expect(bob.kept()).toEqual([])
  expect((await post(bob, batch(8))).status).toBe(200)
  expect((await alice.app.request('/messages', postJson(submission(8)))).status).toBe(202)
})

test('metadata that an earlier version let in does not hold up its message, or those behind it', async () => {
  const { alice, bob, network } = await pair()
  network.fault = () => 'lost'
  await alice.carrier.submitAll(['one', 'two'].map(message => sampleSubmission({ message, metadata: { demo: true } })))
  const deep = JSON.stringify(nested(4_150))
  const poisoned = `UPDATE outbox SET body = replace(body, '"metadata":{"demo":true}', '"metadata":' || ?) WHERE sequence = 1`
  await alice.store.write(() => alice.store.run(poisoned, deep))
  network.fault = () => 'none'
  bob.carrier.routesChanged()
  await alice.told.first(delivered(2))
  expect(bob.kept()).toMatchObject([
    { message: { message: 'one', metadata: {} } },
    { message: { message: 'two', metadata: { demo: true } } },
  ])
})
