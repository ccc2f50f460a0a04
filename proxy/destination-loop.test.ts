import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CallRefusedError } from '../shared/process/http-client.ts'
import type { Store } from '../shared/process/store.ts'
import { faultyStore } from '../test/harness/faulty-store.ts'
import { openMemoryProxy, peersNamed, type Told } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'

const delivered = (count: number) => (event: Told) => event.kind === 'progress' && event.marks.delivered >= count

async function pair(wrap?: (store: Store) => Store, random = () => 0.002) {
  const network = new MemoryNetwork()
  const folder = scratchFolder()
  const open = (name: string, other: string) =>
    openMemoryProxy({
      name,
      folder,
      network,
      endpoints: peersNamed(other),
      random,
      ...(wrap && name === 'alice' && { wrap }),
    })
  return {
    network,
    folder,
    alice: await open('alice', 'bob'),
    bob: await open('bob', 'alice'),
    openBob: () => open('bob', 'alice'),
    openAlice: () => open('alice', 'bob'),
  }
}

test('destination loop greets with an empty batch, so that both ends learn of each other', async () => {
  const { alice, network } = await pair()
  alice.carrier.routesChanged()
  expect(await alice.told.first(event => event.kind === 'presence')).toMatchObject({
    name: 'bob',
    presence: { kind: 'person', online: false },
  })
  expect(network.sent[0]).toMatchObject({ from: 'alice', to: 'bob', oldest: 1, messages: [] })
})

test('destination loop has one request in flight, and what waits meanwhile goes in the next', async () => {
  const { alice, bob, network } = await pair()
  let release = () => {}
  const gate = new Promise<void>(resolve => {
    release = resolve
  })
  network.failNext('bob', async deliver => {
    await gate
    return deliver()
  })
  const submit = (message: string) => alice.carrier.submit(sampleSubmission({ message }))
  await submit('first')
  await new Promise(resolve => setImmediate(resolve))
  await Promise.all(['second', 'third', 'fourth'].map(submit))
  expect(network.sent).toHaveLength(1)
  release()
  await alice.told.first(delivered(4))
  expect(
    network.sent.filter(batch => batch.messages.length > 0).map(batch => batch.messages.map(item => item.sequence)),
  ).toEqual([[1], [2, 3, 4]])
  expect(bob.texts()).toEqual(['first', 'second', 'third', 'fourth'])
})

test('destination loop sends at most 256 messages and 256 KiB at a time, and a large one alone', async () => {
  const { alice, bob, network } = await pair()
  const texts = [
    ...Array.from({ length: 300 }, (_, n) => `short ${n}`),
    ...Array.from({ length: 9 }, (_, n) => String(n).repeat(64 * 1024)),
    '\u0001'.repeat(64 * 1024),
  ]
  await alice.carrier.submitAll(texts.map(message => sampleSubmission({ message })))
  await alice.told.first(delivered(310))
  expect(bob.texts()).toEqual(texts)
  for (const { messages } of network.sent) {
    expect(messages.length).toBeLessThanOrEqual(256)
    const bytes = messages.reduce((sum, { message }) => sum + Buffer.byteLength(JSON.stringify(message)), 0)
    expect(messages.length === 1 || bytes <= 256 * 1024).toBe(true)
  }
  expect(Math.max(...network.sent.map(({ messages }) => messages.length))).toBeGreaterThan(64)
})

test('destination loop goes on where a recipient that lost its store can follow', async () => {
  const { alice, bob, folder, openBob } = await pair()
  await alice.carrier.submitAll(['one', 'two'].map(message => sampleSubmission({ message })))
  await alice.told.first(delivered(2))
  await bob.close()
  for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `bob.db${end}`), { force: true })
  const empty = await openBob()
  await alice.carrier.submit(sampleSubmission({ message: 'three' }))
  await alice.told.first(delivered(3))
  expect(empty.texts()).toEqual(['three'])
})

test('destination loop of a store that was lost begins another stream, and nothing of it is taken for a repeat', async () => {
  const { alice, bob, folder, openAlice } = await pair()
  await alice.carrier.submitAll(['one', 'two', 'three'].map(message => sampleSubmission({ message })))
  await alice.told.first(delivered(3))
  const stream = alice.destinations.find('bob')?.stream
  await alice.close()
  for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `alice.db${end}`), { force: true })
  const anew = await openAlice()
  await anew.carrier.submit(sampleSubmission({ message: 'of a new life' }))
  await anew.told.first(delivered(1))
  expect(anew.destinations.find('bob')?.stream).not.toBe(stream)
  expect(bob.texts()).toEqual(['one', 'two', 'three', 'of a new life'])
})

test('destination loop begins another stream when the recipient knows messages that this store never sent', async () => {
  const { alice, bob, folder, openAlice } = await pair()
  const copy = (from: string, to: string) => {
    for (const end of ['', '-wal', '-shm']) {
      rmSync(join(folder, to + end), { force: true })
      if (existsSync(join(folder, from + end))) cpSync(join(folder, from + end), join(folder, to + end))
    }
  }
  await alice.carrier.submit(sampleSubmission({ message: 'before the copy' }))
  await alice.told.first(delivered(1))
  await alice.close()
  copy('alice.db', 'copy.db')
  const went = await openAlice()
  await went.carrier.submitAll(['after', 'the copy'].map(message => sampleSubmission({ message })))
  await went.told.first(delivered(3))
  await went.close()
  copy('copy.db', 'alice.db')
  const restored = await openAlice()
  const old = restored.destinations.find('bob')?.stream
  restored.carrier.routesChanged()
  await restored.told.first(() => restored.destinations.find('bob')?.stream !== old)
  await restored.carrier.submit(sampleSubmission({ message: 'after the restore' }))
  await restored.told.first(delivered(2))
  expect(bob.texts()).toEqual(['before the copy', 'after', 'the copy', 'after the restore'])
})

test('destination loop says that no route leads to a name that left the table', async () => {
  const { alice, network } = await pair()
  network.fault = () => async () => alice.routing.peer('bob') && Promise.reject(new Error('unreachable'))
  await alice.carrier.submit(sampleSubmission())
  await alice.told.first(event => event.kind === 'waiting' && event.reason === 'bob is offline. Message saved.')
  await alice.routing.apply({ version: 2, endpoints: peersNamed('carol') })
  await alice.told.first(
    event => event.kind === 'waiting' && event.reason === 'No route leads to bob now. Message saved.',
  )
  await alice.routing.apply({ version: 3, endpoints: peersNamed('bob') })
  network.fault = () => 'none'
  await alice.told.first(delivered(1))
})

test('destination loop sends the place of a message that was given up, so that later ones are no gap', async () => {
  const { alice, bob, network } = await pair(undefined, () => 1)
  network.fault = () => 'lost'
  const [first, , third] = await Promise.all(
    ['one', 'two', 'three'].map(message => alice.carrier.submit(sampleSubmission({ message }))),
  )
  await alice.told.first(event => event.kind === 'waiting' && event.reason !== null)
  await alice.carrier.cancel(first?.id ?? '')
  await alice.carrier.cancel(third?.id ?? '')
  network.fault = () => 'none'
  bob.carrier.routesChanged()
  await alice.told.first(delivered(3))
  expect(bob.texts()).toEqual(['two'])
})

test('message that the loop sends in the turn in which it is to be taken back counts as being delivered', async () => {
  const { alice, bob, network } = await pair(undefined, () => 1)
  network.failNext('bob', 'lost')
  const { id } = await alice.carrier.submit(sampleSubmission({ message: 'taken back' }))
  await alice.told.first(event => event.kind === 'waiting' && event.reason !== null)
  const cancelled = alice.carrier.cancel(id)
  cancelled.catch(() => undefined)
  for (let microtask = 0; microtask < 10; microtask += 1) await Promise.resolve()
  alice.carrier.routesChanged()
  await expect(cancelled).rejects.toMatchObject({ code: 'being_delivered' })
  await alice.told.first(delivered(1))
  expect(bob.texts()).toEqual(['taken back'])
})

test('destination loop goes on after its disk failed to be read once', async () => {
  let fails = false
  const { alice, bob } = await pair(store =>
    faultyStore(store, {
      read: sql => {
        if (!fails || !sql.includes('FROM outbox')) return
        fails = false
        throw new Error('disk I/O error')
      },
    }),
  )
  await alice.carrier.submit(sampleSubmission({ message: 'before' }))
  await alice.told.first(delivered(1))
  fails = true
  await alice.carrier.submit(sampleSubmission({ message: 'after' }))
  await alice.carrier.submit(sampleSubmission({ message: 'and later' }))
  for (let turn = 0; turn < 50 && bob.texts().length < 3; turn += 1) await new Promise(resolve => setImmediate(resolve))
  expect(bob.texts()).toEqual(['before', 'after', 'and later'])
})

test('destination loop passes over the one message for which a recipient refuses a whole request', async () => {
  const { alice, bob, network } = await pair()
  network.fault = batch => {
    const index = batch.messages.findIndex(item => item.message?.message === 'poison')
    if (index < 0) return 'none'
    return async () => {
      const body = {
        error: { code: 'invalid_input', message: 'it is not understood', field: `messages.${index}.message` },
      }
      throw new CallRefusedError('/overlay/messages', { status: 422, body })
    }
  }
  const texts = ['one', 'poison', 'two', 'poison', 'three']
  await alice.carrier.submitAll(texts.map(message => sampleSubmission({ message })))
  await alice.told.first(delivered(5))
  expect(bob.texts()).toEqual(['one', 'two', 'three'])
  expect(alice.kept()).toMatchObject([
    { kind: 'failed', reason: 'bob refused it: it is not understood.' },
    { kind: 'failed', reason: 'bob refused it: it is not understood.' },
  ])
  expect(alice.outbox.waiting()).toBe(0)
})

test('destination loop tells its peer what a recipient lost that had lost its store', async () => {
  const { alice, bob, folder, openBob } = await pair()
  await alice.carrier.submitAll(['one', 'two'].map(message => sampleSubmission({ message })))
  await alice.told.first(delivered(2))
  const before = alice.destinations.find('bob')
  await bob.close()
  for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `bob.db${end}`), { force: true })
  const empty = await openBob()
  await alice.carrier.submit(sampleSubmission({ message: 'three' }))
  await alice.told.first(delivered(3))
  const after = alice.destinations.find('bob')
  expect(after?.stream).not.toBe(before?.stream)
  expect(alice.kept()).toMatchObject([
    { kind: 'restarted', destination: 'bob', from: before?.stream, to: after?.stream, acknowledged: 2 },
  ])
  expect(empty.texts()).toEqual(['three'])
})

test('destination loop waits as long as a recipient asks for, also when it hears of it meanwhile', async () => {
  const { alice, network } = await pair()
  const tried: number[] = []
  network.fault = () => {
    tried.push(performance.now())
    if (tried.length > 1) return 'none'
    return async () => {
      throw new CallRefusedError('/overlay/messages', { status: 503, body: {}, headers: { 'retry-after': '1' } })
    }
  }
  await alice.carrier.submit(sampleSubmission())
  await alice.told.first(event => event.kind === 'waiting')
  alice.carrier.heardFrom('bob')
  await alice.told.first(delivered(1))
  expect((tried[1] ?? 0) - (tried[0] ?? 0)).toBeGreaterThanOrEqual(999)
})

test('what was sent is what was delivered, what waits, and what was given up', async () => {
  const { alice, network } = await pair(undefined, () => 0.9)
  const sum = () => {
    const { sent, delivered, waiting, failed } = alice.counters()
    expect(sent).toBe(delivered + waiting + failed)
    return { sent, delivered, waiting, failed }
  }
  network.fault = () => 'lost'
  const all = ['one', 'two', 'three', 'four'].map(message => sampleSubmission({ message }))
  await alice.carrier.submitAll(all)
  await alice.carrier.submitAll(all)
  await alice.told.first(event => event.kind === 'waiting')
  expect(sum()).toEqual({ sent: 4, delivered: 0, waiting: 4, failed: 0 })
  await alice.carrier.cancel(all[1]?.id ?? '')
  expect(sum()).toEqual({ sent: 4, delivered: 0, waiting: 3, failed: 1 })
  network.fault = () => 'none'
  alice.carrier.heardFrom('bob')
  await alice.told.first(delivered(4))
  expect(sum()).toEqual({ sent: 4, delivered: 3, waiting: 0, failed: 1 })
})

test('receipts tell of delivery where every acknowledgement is lost: what was read does not fail of age', async () => {
  const network = new MemoryNetwork()
  let time = 1_000_000
  const open = (name: string, other: string) =>
    openMemoryProxy({
      ...{ name, network, folder: scratchFolder(), endpoints: peersNamed(other), lifetimeMs: 1_000 },
      now: () => time,
    })
  const [alice, bob] = [await open('alice', 'bob'), await open('bob', 'alice')]
  network.fault = batch => (batch.to === 'bob' ? 'unacknowledged' : 'none')
  await alice.carrier.submit(sampleSubmission())
  await alice.told.first(event => event.kind === 'waiting')
  bob.inbox.gave(1)
  await bob.store.write(() => bob.inbox.acknowledge(1))
  bob.carrier.newsFor('alice')
  await alice.told.first(event => event.kind === 'progress' && event.marks.received === 1)
  time += 5_000
  await alice.carrier.expire()
  expect(alice.kept()).toEqual([])
  expect(alice.counters()).toMatchObject({ sent: 1, delivered: 1, waiting: 0, failed: 0 })
})

test.each([
  ['acknowledges nothing', { continues: true }],
  ['says for ever that the streams do not go on', { continues: false }],
])(
  'destination loop asks one that %s again with growing pauses, says so, and delivers once it is taken',
  async (_, said) => {
    const { alice, bob, network } = await pair(undefined, () => 0.2)
    const tried: number[] = []
    network.fault = batch =>
      batch.messages.length === 0
        ? 'none'
        : async deliver => {
            tried.push(performance.now())
            if (tried.length > 6) return deliver()
            const receipts = { stream: batch.stream, received: 0, read: 0 }
            const presence = { kind: 'person' as const, online: true }
            return { ...said, acknowledged: 0, refused: [], receipts, presence }
          }
    await alice.carrier.submit(sampleSubmission({ message: 'at last' }))
    await alice.told.first(
      event => event.kind === 'waiting' && event.reason === "bob's proxy answers, but takes no message. Message saved.",
    )
    await alice.told.first(delivered(1))
    expect(bob.texts()).toEqual(['at last'])
    const pauses = tried.slice(1).map((time, n) => time - (tried[n] ?? 0))
    // The first answer may say where to go on: that is done at once. From then on 0.2 · 0.5 s · 2^n.
    for (const [n, pause] of pauses.slice(1, 5).entries()) expect([n, pause > 90 * 2 ** (n + 1)]).toEqual([n, true])
  },
  20_000,
)
