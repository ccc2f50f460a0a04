import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { openMemoryProxy, peersNamed, type Told } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'

const DAY = 86_400_000

async function pair(options: { random?: () => number; now?: () => number } = {}) {
  const network = new MemoryNetwork()
  const folder = scratchFolder()
  const alice = await openMemoryProxy({ name: 'alice', folder, network, endpoints: peersNamed('bob'), ...options })
  const bob = await openMemoryProxy({ name: 'bob', folder, network, endpoints: peersNamed('alice'), ...options })
  return { network, folder, alice, bob }
}

const delivered = (count: number) => (event: Told) => event.kind === 'progress' && event.marks.delivered >= count

test('carrier delivers what was accepted together in one batch and in order', async () => {
  const { alice, bob, network } = await pair()
  const texts = Array.from({ length: 20 }, (_, n) => `message ${n}`)
  const results = await alice.carrier.submitAll(texts.map(message => sampleSubmission({ message })))
  expect(results.map(result => result.state)).toEqual(texts.map(() => 'accepted'))
  await alice.told.first(delivered(20))
  expect(bob.texts()).toEqual(texts)
  expect(network.sent.filter(batch => batch.to === 'bob' && batch.messages.length === 20)).toHaveLength(1)
})

test('carrier refuses one of several without holding up the others', async () => {
  const { alice, bob } = await pair()
  const results = await alice.carrier.submitAll([
    sampleSubmission({ message: 'one' }),
    sampleSubmission({ destination: 'joe', message: 'to nobody' }),
    sampleSubmission({ message: 'x'.repeat(64 * 1024 + 1) }),
    sampleSubmission({ message: 'two', metadata: { note: 'y'.repeat(16 * 1024) } }),
    sampleSubmission({ message: 'three' }),
  ])
  expect(results.map(result => (result.state === 'failed' ? result.code : result.state))).toEqual([
    'accepted',
    'unknown_peer',
    'too_large',
    'too_large',
    'accepted',
  ])
  await alice.told.first(delivered(2))
  expect(bob.texts()).toEqual(['one', 'three'])
})

test('carrier delivers a message once although every acknowledgement but the last is lost', async () => {
  const { alice, bob, network } = await pair({ random: () => 0.002 })
  network.failNext('bob', 'unacknowledged', 'unacknowledged', 'lost', 'unacknowledged')
  await alice.carrier.submit(sampleSubmission({ message: 'once' }))
  await alice.told.first(delivered(1))
  expect(bob.texts()).toEqual(['once'])
})

test('carrier says why a message waits, and marks it as stored when it goes after all', async () => {
  const { alice, bob, network } = await pair({ random: () => 1 })
  network.fault = batch => (batch.to === 'bob' ? 'lost' : 'none')
  await alice.carrier.submit(sampleSubmission({ message: 'later' }))
  expect(await alice.told.first(event => event.kind === 'waiting')).toMatchObject({
    destination: 'bob',
    reason: 'bob is offline. Message saved.',
  })
  expect(alice.told.all).toContainEqual({ kind: 'presence', name: 'bob', presence: null })
  network.fault = () => 'none'
  bob.carrier.routesChanged()
  await alice.told.first(delivered(1))
  expect(bob.kept()).toMatchObject([{ kind: 'message', stored: true, message: { message: 'later' } }])
  expect(await alice.told.first(event => event.kind === 'waiting' && event.reason === null)).toBeDefined()
})

test('carrier tries again at once when the destination is heard of, however long it meant to wait', async () => {
  const { alice, bob, network } = await pair({ random: () => 1000 })
  network.failNext('bob', 'lost')
  await alice.carrier.submit(sampleSubmission())
  await alice.told.first(event => event.kind === 'waiting' && event.reason !== null)
  bob.carrier.routesChanged()
  // It meant to wait for minutes.
  await alice.told.first(delivered(1))
})

test('carrier keeps what waits through a restart and numbers go on', async () => {
  const { alice, bob, folder, network } = await pair({ random: () => 1 })
  network.fault = batch => (batch.to === 'bob' ? 'lost' : 'none')
  for (const message of ['one', 'two']) await alice.carrier.submit(sampleSubmission({ message }))
  await alice.close()
  network.fault = () => 'none'
  const again = await openMemoryProxy({ name: 'alice', folder, network })
  again.carrier.routesChanged()
  expect(await again.carrier.submit(sampleSubmission({ message: 'three' }))).toMatchObject({
    placement: { sequence: 3 },
  })
  await again.told.first(delivered(3))
  expect(bob.texts()).toEqual(['one', 'two', 'three'])
})

test('carrier takes back a message that still waits: it is reported as cancelled and never delivered', async () => {
  const { alice, bob, network } = await pair({ random: () => 1 })
  network.failNext('bob', 'lost')
  const first = await alice.carrier.submit(sampleSubmission({ message: 'stays' }))
  const second = await alice.carrier.submit(sampleSubmission({ message: 'is taken back' }))
  await alice.told.first(event => event.kind === 'waiting' && event.reason !== null)
  expect(await alice.carrier.cancel(second.id)).toBe(true)
  expect(alice.kept()).toMatchObject([{ kind: 'failed', id: second.id, destination: 'bob', cancelled: true }])
  bob.carrier.routesChanged()
  await alice.told.first(delivered(2))
  expect(bob.texts()).toEqual(['stays'])
  expect(await alice.carrier.cancel(second.id)).toBe(false)
  expect(await alice.carrier.cancel(first.id)).toBe(false)
  expect(await alice.carrier.cancel(uuidv7())).toBe(false)
})

test('carrier does not claim to take back a message that is in flight', async () => {
  const { alice, bob, network } = await pair()
  let release = () => {}
  const gate = new Promise<void>(resolve => {
    release = resolve
  })
  let arrive = () => {}
  const inFlight = new Promise<void>(resolve => {
    arrive = resolve
  })
  network.failNext('bob', async deliver => {
    arrive()
    await gate
    return deliver()
  })
  const { id } = await alice.carrier.submit(sampleSubmission({ message: 'on its way' }))
  await inFlight
  await expect(alice.carrier.cancel(id)).rejects.toMatchObject({ code: 'being_delivered', status: 409 })
  release()
  await alice.told.first(delivered(1))
  expect(bob.texts()).toEqual(['on its way'])
  expect(alice.kept()).toEqual([])
})

test('carrier gives up what nobody took for seven days, and says so', async () => {
  let time = 1_000_000
  const { alice, network } = await pair({ random: () => 1, now: () => time })
  network.fault = () => 'lost'
  const { id } = await alice.carrier.submit(sampleSubmission({ message: 'old' }))
  time += 7 * DAY
  await alice.carrier.expire()
  expect(alice.kept()).toEqual([])
  time += 1
  await alice.carrier.expire()
  expect(alice.kept()).toMatchObject([
    { kind: 'failed', id, cancelled: false, reason: 'bob could not be reached for 7 days.' },
  ])
  expect(alice.carrier.counts.failed).toBe(1)
  expect(alice.outbox.waiting()).toBe(0)
})

test('carrier sends a given-up message again under its own id', async () => {
  const { alice, bob, network } = await pair({ random: () => 1 })
  network.failNext('bob', 'lost')
  const submission = sampleSubmission({ message: 'again' })
  await alice.carrier.submit(submission)
  await alice.told.first(event => event.kind === 'waiting' && event.reason !== null)
  await alice.carrier.cancel(submission.id)
  await alice.carrier.submit({ ...submission, attempt: 1 })
  bob.carrier.routesChanged()
  await alice.told.first(delivered(2))
  expect(bob.texts()).toEqual(['again'])
})

test('carrier passes signals on to peers and drops them where nobody is', async () => {
  const { alice, bob, network } = await pair({ random: () => 1 })
  alice.carrier.signalTo('BOB', { kind: 'typing' })
  await alice.told.times(2, event => event.kind === 'presence')
  expect(network.sent.flatMap(batch => batch.signals)).toEqual([{ kind: 'typing' }])
  expect(bob.kept()).toEqual([])
  expect(() => alice.carrier.signalTo('joe', { kind: 'typing' })).toThrow(/no peer has that name/)
})

test('carrier tells the sender how far its messages were received and read', async () => {
  const { alice, bob } = await pair()
  await alice.carrier.submit(sampleSubmission())
  await alice.told.first(delivered(1))
  const [arrived] = bob.kept()
  if (arrived?.kind !== 'message' || arrived.placement === undefined) throw new Error('nothing arrived')
  bob.inbox.gave(arrived.cursor)
  const { app } = bob
  const post = (path: string, body: unknown) =>
    app.request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  expect((await post('/events/acknowledge', { store: bob.identity.id, cursor: arrived.cursor })).status).toBe(200)
  await alice.told.first(event => event.kind === 'progress' && event.marks.received === 1 && event.marks.read === 0)
  expect((await post('/read', { sender: 'alice', placement: arrived.placement })).status).toBe(200)
  await alice.told.first(event => event.kind === 'progress' && event.marks.read === 1)
  expect(bob.kept()).toEqual([])
})

test('carrier reports a message that the recipient refuses for good', async () => {
  const { alice, bob, network } = await pair()
  const { id } = sampleSubmission()
  network.failNext('bob', async deliver => ({
    ...(await deliver()),
    refused: [{ sequence: 1, reason: 'it is refused for a test' }],
  }))
  await alice.carrier.submit(sampleSubmission({ id }))
  await alice.told.first(delivered(1))
  expect(alice.kept()).toMatchObject([
    { kind: 'failed', id, cancelled: false, reason: 'bob refused it: it is refused for a test.' },
  ])
  expect(bob.texts()).toHaveLength(1)
})

test('carrier delivers a message once although its peer hands it over again after it was acknowledged', async () => {
  const { alice, bob } = await pair()
  const submission = sampleSubmission({ message: 'handed over twice' })
  await alice.carrier.submit(submission)
  await alice.told.first(delivered(1))
  await alice.carrier.submit(submission)
  await alice.carrier.submit(sampleSubmission({ message: 'the next' }))
  await alice.told.first(event => event.kind === 'progress' && event.marks.delivered >= 2)
  await alice.told.first(() => alice.outbox.waiting() === 0)
  expect(bob.texts().filter(text => text === 'handed over twice')).toHaveLength(1)
})

test('carrier refuses an id with another text also after the first was acknowledged', async () => {
  const { alice } = await pair()
  const submission = sampleSubmission({ message: 'one' })
  await alice.carrier.submit(submission)
  await alice.told.first(delivered(1))
  await expect(alice.carrier.submit({ ...submission, message: 'another' })).rejects.toMatchObject({
    code: 'id_conflict',
  })
})

test('carrier does not report a message as expired that is in flight and arrives', async () => {
  let time = 1_000_000
  const { alice, bob, network } = await pair({ now: () => time })
  network.failNext('bob', async deliver => {
    time += 8 * DAY
    await alice.carrier.expire()
    return deliver()
  })
  await alice.carrier.submit(sampleSubmission({ message: 'just in time' }))
  await alice.told.first(delivered(1))
  expect(bob.texts()).toEqual(['just in time'])
  expect(alice.kept()).toEqual([])
})

test('carrier knows of a refusal although the acknowledgement that told it was lost', async () => {
  const { alice, bob, network } = await pair({ random: () => 0.002 })
  network.failNext('bob', 'unacknowledged')
  // What this proxy's own peer cannot hand over: a text that only the recipient finds too long.
  await alice.store.write(() =>
    alice.outbox.accept(
      { ...sampleSubmission({ message: 'x'.repeat(64 * 1024 + 1) }), sender: 'alice' },
      { attempt: 0, now: 0 },
    ),
  )
  alice.carrier.routesChanged()
  await alice.told.first(delivered(1))
  expect(bob.texts()).toEqual([])
  expect(alice.kept()).toMatchObject([{ kind: 'failed' }])
})
