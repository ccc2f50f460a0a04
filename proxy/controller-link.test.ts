import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { EventReaders, type EventWriter } from '../shared/process/event-stream.ts'
import { HttpClient } from '../shared/process/http-client.ts'
import { serveApp } from '../shared/process/http-server.ts'
import { silentLog } from '../shared/process/log.ts'
import { Secret } from '../shared/process/secret.ts'
import { Heard } from '../test/harness/heard.ts'
import { openMemoryProxy } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { freePort, scratchFolder } from '../test/harness/scratch.ts'
import { followController } from './controller-link.ts'

/** A proxy's line to a controller that the test plays. `answers` are the bodies of its heartbeats' answers, the last for ever. */
async function line(answers: (() => Response)[]) {
  const proxy = await openMemoryProxy({ name: 'alice', folder: scratchFolder(), network: new MemoryNetwork() })
  const readers = new EventReaders(8)
  const streams = new Heard<EventWriter>()
  const closed = new Heard<EventWriter>()
  const beats = new Heard<number>()
  const reachable = new Heard<boolean>()
  const app = new Hono()
  app.get('/api/routes', c => readers.open(c, { onOpen: streams.add, onClose: closed.add }))
  app.post('/api/register', c => c.json({ ok: true }))
  app.post('/api/heartbeat', () => {
    beats.add(performance.now())
    return (answers.length > 1 ? answers.shift() : answers[0])?.() ?? new Response(null)
  })
  const port = await freePort()
  const server = await serveApp(app, { process: 'a test', port })
  const client = new HttpClient()
  const stop = new AbortController()
  const done = followController(
    {
      controller: `http://127.0.0.1:${port}`,
      self: { name: 'alice', host: '127.0.0.1', port: 10_001 },
      key: new Secret('k'.repeat(32)),
      client,
      routing: proxy.routing,
      counters: proxy.counters,
      tableApplied: () => {},
      credentialsChanged: () => {},
      tryOut: () => Promise.reject(new Error('not tried here')),
      controllerIs: reachable.add,
      log: silentLog(),
      random: () => 1,
      heartbeatMs: 50,
    },
    stop.signal,
  )
  onTestFinished(async () => {
    stop.abort()
    await done
    client[Symbol.dispose]()
    await server[Symbol.asyncDispose]()
  })
  return { streams, closed, beats, reachable }
}

const json = (body: unknown) => () => Response.json(body)

test('proxy opens its stream anew when heartbeats are told that it is not open, and says so meanwhile', async () => {
  const { streams, closed, reachable } = await line([
    ...Array.from({ length: 4 }, () => json({ ok: true, stream: false })),
    json({ ok: true, stream: true }),
  ])
  await streams.times(2, () => true)
  await closed.first(writer => writer === streams.all[0])
  await reachable.first(there => !there)
})

test('proxy keeps its stream while heartbeats are told that it is open', async () => {
  const { streams, beats } = await line([json({ ok: true, stream: false }), json({ ok: true, stream: true })])
  await beats.times(10, () => true)
  expect(streams.all).toHaveLength(1)
})

test.each([
  ['that it is not known', () => Response.json({ error: { code: 'unknown', message: 'no' } }, { status: 404 })],
  ['what no controller says', () => Response.json({ hello: 'world' })],
  ['what is no JSON', () => new Response('<html>')],
])('proxy that is told %s again and again asks with growing pauses', async (_, answer) => {
  const { beats } = await line([answer])
  await beats.times(3, () => true)
  const [first = 0, second = 0, third = 0] = beats.all
  expect(second - first).toBeGreaterThan(1_400)
  expect(third - second).toBeGreaterThan(2_400)
})
