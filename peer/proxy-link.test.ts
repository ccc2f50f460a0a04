import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { EventReaders, type EventWriter } from '../shared/process/event-stream.ts'
import { HttpClient } from '../shared/process/http-client.ts'
import { serveApp } from '../shared/process/http-server.ts'
import { silentLog } from '../shared/process/log.ts'
import { type ProxyEvent, type Submission, SubmissionBatch, type SubmissionResult } from '../shared/protocol/local.ts'
import { Heard } from '../test/harness/heard.ts'
import { sampleSubmission } from '../test/harness/samples.ts'
import { freePort } from '../test/harness/scratch.ts'
import { ProxyLink } from './proxy-link.ts'

const STORES = ['0f5b3c1e-3a55-4a2b-9a7e-2a4f6f0c1d11', '11111111-3a55-4a2b-9a7e-2a4f6f0c1d11'] as const

/** A link to a proxy that the test plays. `refuse` answers a batch with an error. */
async function linked(outgoing: Submission[] = [], random = () => 0) {
  const port = await freePort()
  const app = new Hono()
  const readers = new EventReaders(8)
  const streams = new Heard<{ writer: EventWriter; query: Record<string, string> }>()
  const acknowledged = new Heard<number>()
  const batches = new Heard<Submission[]>()
  const attached = new Heard<unknown>()
  const read: unknown[] = []
  const batchTimes: number[] = []
  let takesNothing = false
  let refuse: (batch: Submission[]) => boolean = () => false
  app.get('/events', c => readers.open(c, { onOpen: writer => streams.add({ writer, query: c.req.query() }) }))
  app.post('/attach', async c => {
    attached.add(await c.req.json())
    return c.json({ ok: true })
  })
  app.post('/events/acknowledge', async c => {
    acknowledged.add((await c.req.json()).cursor)
    return c.json({ ok: true })
  })
  app.post('/read', async c => {
    read.push(await c.req.json())
    return c.json({ ok: true })
  })
  app.post('/messages/batch', async c => {
    const { messages } = SubmissionBatch.parse(await c.req.json())
    batchTimes.push(performance.now())
    batches.add(messages)
    if (takesNothing) return c.json({ results: [] }, 202)
    if (refuse(messages)) return c.json({ error: { code: 'too_large', message: 'too large' } }, 413)
    return c.json({ results: messages.map(({ id }) => ({ id, state: 'accepted' })) }, 202)
  })
  const server = await serveApp(app, { process: 'a test', port })
  const client = new HttpClient()
  const stop = new AbortController()
  const events = new Heard<ProxyEvent>()
  const connection = new Heard<boolean>()
  const results = new Heard<SubmissionResult>()
  let position: { store: string; cursor: number } | undefined
  const link = new ProxyLink({
    proxy: `http://127.0.0.1:${port}`,
    client,
    log: silentLog(),
    random,
    owner: {
      position: () => position,
      met: async () => {},
      outgoing: () => outgoing.slice(0, 64),
      notHandedOver: () => {},
      handedOver: async all => {
        for (const result of all) {
          const index = outgoing.findIndex(({ id }) => id === result.id)
          if (index >= 0) outgoing.splice(index, 1)
          results.add(result)
        }
      },
      tellRead: async () => {},
      onEvent: events.add,
      onConnection: connection.add,
    },
  })
  const done = link.run(stop.signal)
  onTestFinished(async () => {
    stop.abort()
    await done
    client[Symbol.dispose]()
    await server[Symbol.asyncDispose]()
  })
  const hello = (writer: EventWriter, store: string) =>
    writer.send({ data: { kind: 'hello', name: 'alice', store, forgotten: 0 } })
  return {
    ...{ acknowledged, attached, batches, connection, events, hello, link, outgoing, readers, results, streams },
    batchTimes,
    answerNothing: (nothing = true) => {
      takesNothing = nothing
    },
    setPosition: (next: typeof position) => {
      position = next
    },
    refuseWhere: (next: typeof refuse) => {
      refuse = next
    },
  }
}

test('link hands over what waits in order, and again until the proxy answered', async () => {
  const all = Array.from({ length: 100 }, (_, n) => sampleSubmission({ message: String(n) }))
  const { results, batches, hello, streams } = await linked([...all])
  hello((await streams.first(() => true)).writer, STORES[0])
  await results.times(100, () => true)
  expect(results.all.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
  expect(batches.all.map(batch => batch.length)).toEqual([64, 36])
})

test('link finds the one message for which a whole batch is refused, and hands over the others', async () => {
  const all = Array.from({ length: 5 }, (_, n) => sampleSubmission({ message: String(n) }))
  const line = await linked()
  line.refuseWhere(batch => batch.some(({ message }) => message === '2'))
  line.outgoing.push(...all)
  line.hello((await line.streams.first(() => true)).writer, STORES[0])
  await line.results.times(5, () => true)
  expect(line.results.all.map(({ id, state }) => [id, state])).toEqual(
    all.map(({ id, message }) => [id, message === '2' ? 'failed' : 'accepted']),
  )
})

test('link follows the events from the position that is kept, and acknowledges what is kept', async () => {
  const line = await linked()
  const first = await line.streams.first(() => true)
  const reader = first.query['reader']
  expect(line.attached.all).toEqual([{ reader }])
  line.hello(first.writer, STORES[0])
  await line.connection.first(reachable => reachable)
  line.link.keptUpTo({ store: STORES[0], cursor: 7 })
  await line.acknowledged.first(cursor => cursor === 7)
  line.setPosition({ store: STORES[0], cursor: 7 })
  first.writer.close()
  const second = await line.streams.first(({ query }) => query['after'] === '7')
  expect(second.query).toEqual({ reader, store: STORES[0], after: '7' })
  expect(line.attached.all[1]).toEqual({ reader, store: STORES[0], after: 7 })
  expect(await line.connection.first(reachable => !reachable)).toBe(false)
})

test('link passes over an event that it does not understand and goes on', async () => {
  const line = await linked()
  const { writer } = await line.streams.first(() => true)
  writer.send({ data: { kind: 'of a later version' } })
  line.hello(writer, STORES[0])
  expect(await line.events.first(() => true)).toMatchObject({ kind: 'hello' })
})

test('link does not acknowledge to another store of the proxy what it kept of the one before', async () => {
  const line = await linked()
  const first = await line.streams.first(() => true)
  line.hello(first.writer, STORES[0])
  await line.connection.first(reachable => reachable)
  line.link.keptUpTo({ store: STORES[0], cursor: 100 })
  await line.acknowledged.first(cursor => cursor === 100)
  first.writer.close()
  await line.streams.times(2, () => true)
  const second = line.streams.all[1]
  if (second !== undefined) line.hello(second.writer, STORES[1])
  await line.events.times(2, ({ kind }) => kind === 'hello')
  line.link.workWaits()
  line.outgoing.push(sampleSubmission())
  await line.results.first(() => true)
  for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve))
  expect(line.acknowledged.all).toEqual([100])
})

test('link asks a proxy that answers and takes nothing again with growing pauses', async () => {
  const line = await linked()
  line.answerNothing()
  line.outgoing.push(sampleSubmission())
  line.hello((await line.streams.first(() => true)).writer, STORES[0])
  await line.batches.times(4, () => true)
  const pauses = line.batchTimes.slice(1).map((time, n) => time - (line.batchTimes[n] ?? 0))
  expect(pauses.every(pause => pause >= 45)).toBe(true)
  line.answerNothing(false)
  await line.results.first(() => true)
  expect(line.outgoing).toEqual([])
})

test('link opens a stream that is ended again and again with growing pauses, though it says hello each time', async () => {
  const line = await linked([], () => 1)
  const times: number[] = []
  for (let n = 1; n <= 6; n += 1) {
    await line.streams.times(n, () => true)
    times.push(performance.now())
    const writer = line.streams.all[n - 1]?.writer
    if (writer === undefined) throw new Error('no stream')
    line.hello(writer, STORES[0])
    writer.close()
  }
  const pauses = times.slice(1).map((time, n) => time - (times[n] ?? 0))
  for (const [n, pause] of pauses.entries()) expect([n, pause > 90 * 2 ** n]).toEqual([n, true])
})

test('link opens a stream anew at once where it brought a message before it broke', async () => {
  const line = await linked([], () => 1)
  for (let n = 1; n <= 12; n += 1) {
    await line.streams.times(n, () => true)
    const writer = line.streams.all[n - 1]?.writer
    if (writer === undefined) throw new Error('no stream')
    line.hello(writer, STORES[0])
    const failed = { kind: 'failed', cursor: n, id: sampleSubmission().id, destination: 'bob' }
    writer.send({ data: { ...failed, reason: 'It is too old.', cancelled: false } })
    await line.events.times(n, ({ kind }) => kind === 'failed')
    writer.close()
  }
  expect(line.streams.all.length).toBeGreaterThanOrEqual(12)
}, 10_000)
