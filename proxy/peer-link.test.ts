import { connect } from 'node:net'
import { Hono } from 'hono'
import { v4 as uuidv4 } from 'uuid'
import { expect, onTestFinished, test } from 'vitest'
import { followEvents } from '../shared/process/event-source.ts'
import { HttpClient } from '../shared/process/http-client.ts'
import { serveApp } from '../shared/process/http-server.ts'
import type { ProxyEvent } from '../shared/protocol/local.ts'
import { Heard } from '../test/harness/heard.ts'
import { openMemoryProxy, postJson } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { freePort, scratchFolder } from '../test/harness/scratch.ts'

const FAILED = {
  kind: 'failed' as const,
  id: '0190f5e0-0000-7000-8000-000000000000',
  destination: 'carol',
  cancelled: false,
}

/** A proxy whose event stream is served, and a peer that follows it from a cursor on. */
async function served() {
  const proxy = await openMemoryProxy({
    name: 'bob',
    folder: scratchFolder(),
    network: new MemoryNetwork(),
    endpoints: {},
  })
  const port = await freePort()
  const app = new Hono().route('/', proxy.app)
  const server = await serveApp(app, { process: 'a test', port })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const follow = (after: number) => {
    const stop = new AbortController()
    const client = new HttpClient()
    const heard = new Heard<number>()
    const passing = new Heard<ProxyEvent>()
    const lost = new Heard<unknown>()
    const onData = (data: string) => {
      const json = JSON.parse(data)
      if ('cursor' in json) heard.add(json.cursor)
      else passing.add(json)
    }
    const url = `http://127.0.0.1:${port}/events?store=${proxy.identity.id}&after=${after}`
    const done = followEvents({
      client,
      url: () => url,
      signal: stop.signal,
      random: () => 0,
      onData,
      onClosed: lost.add,
    })
    onTestFinished(async () => {
      stop.abort()
      await done
      client[Symbol.dispose]()
    })
    return { heard, passing, lost }
  }
  const keep = async (count: number, text: string) => {
    await proxy.store.write(() => {
      for (let n = 0; n < count; n += 1)
        proxy.inbox.keep({ kind: 'message', message: sampleMessage({ message: text }), stored: false })
    })
    proxy.link.keptEventsWait()
  }
  /** A socket that listens as programs do. `said` are its events as they came. */
  const connected = async (query = '') => {
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const said = new Heard<string>()
    const closed = new Heard<true>()
    let rest = ''
    socket.on('data', bytes => {
      const pieces = (rest + bytes).split('\n\n')
      rest = pieces.pop() ?? ''
      for (const piece of pieces) said.add(piece)
    })
    socket.on('error', () => {})
    socket.once('close', () => closed.add(true))
    socket.write(`GET /events${query} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)
    await said.first(text => text.includes('"kind":"controller"'))
    return { socket, said, closed }
  }
  return { proxy, follow, keep, connected }
}

test('peer link brings what was kept after the cursor, and what is kept from then on, in order', async () => {
  const { follow, keep, proxy } = await served()
  await keep(150, 'before')
  const { heard } = follow(20)
  await heard.first(cursor => cursor === 150)
  expect(proxy.link.isAttached).toBe(true)
  await keep(3, 'after')
  await heard.first(cursor => cursor === 153)
  expect(heard.all).toEqual(Array.from({ length: 133 }, (_, n) => n + 21))
})

test('peer link brings everything to a peer that is far behind, page by page', async () => {
  const { follow, keep } = await served()
  await keep(60, 'x'.repeat(60 * 1024))
  await keep(60, 'y'.repeat(60 * 1024))
  const { heard, lost } = follow(0)
  await heard.first(cursor => cursor === 120)
  expect(heard.all).toHaveLength(120)
  expect(lost.all).toEqual([])
})

test('peer link does not cut off a peer for what it sent in one go itself', async () => {
  const { follow, keep } = await served()
  await keep(64, '\u0001'.repeat(64 * 1024))
  const { heard, lost } = follow(0)
  await Promise.race([heard.first(cursor => cursor === 64), lost.first(() => true)])
  expect(lost.all).toEqual([])
})

test('peer link brings an event of 5 MB, what is behind it and what is passing meanwhile, on one connection', async () => {
  const { follow, keep, proxy } = await served()
  await proxy.store.write(() => proxy.inbox.keep({ ...FAILED, reason: 'x'.repeat(5 * 1024 * 1024) }))
  await keep(300, 'behind')
  const { heard, passing, lost } = follow(0)
  for (let n = 0; n < 50; n += 1)
    proxy.link.tell({ kind: 'waiting', destination: 'carol', reason: `${n} ${'y'.repeat(32 * 1024)}` })
  await heard.first(cursor => cursor === 301)
  expect(heard.all).toEqual(Array.from({ length: 301 }, (_, n) => n + 1))
  proxy.link.tell({ kind: 'waiting', destination: 'carol', reason: 'at last' })
  await passing.first(event => event.kind === 'waiting' && event.reason === 'at last')
  expect(lost.all).toEqual([])
})

test('peer link tells a peer that did not keep up anew how things are, and does not cut it off', async () => {
  const { connected, proxy } = await served()
  const { socket, said } = await connected()
  socket.pause()
  for (let n = 0; n < 400; n += 1)
    proxy.link.tell({ kind: 'waiting', destination: 'carol', reason: `${n} ${'y'.repeat(64 * 1024)}` })
  socket.resume()
  await said.times(2, text => text.includes('"kind":"hello"'))
  proxy.link.tell({ kind: 'waiting', destination: 'carol', reason: 'at last' })
  await said.first(text => text.includes('at last'))
  expect(proxy.link.isAttached).toBe(true)
})

test('peer that takes its place closes the stream of the one before, and of nobody else', async () => {
  const { connected, proxy } = await served()
  const [first, second] = [uuidv4(), uuidv4()]
  const attach = (reader: string) => proxy.app.request('/attach', postJson({ reader, commands: ['on'] }))
  const program = await connected()
  await attach(first)
  const one = await connected(`?reader=${first}`)
  await attach(first)
  await attach(second)
  await one.closed.first(() => true)
  const two = await connected(`?reader=${second}`)
  proxy.link.tell({ kind: 'waiting', destination: 'carol', reason: 'told' })
  for (const { said } of [program, two]) await said.first(text => text.includes('told'))
  expect([program.closed.all, two.closed.all]).toEqual([[], []])
})

test('what a program is given beside the peer counts as given to nobody: the peer gets it, and acknowledges it', async () => {
  const { connected, keep, proxy } = await served()
  const reader = uuidv4()
  await proxy.app.request('/attach', postJson({ reader }))
  await keep(2, 'for the peer')
  const program = await connected()
  await program.said.times(2, text => text.includes('for the peer'))
  const acknowledge = () => proxy.app.request('/events/acknowledge', postJson({ store: proxy.identity.id, cursor: 2 }))
  expect((await acknowledge()).status).toBe(200)
  expect(proxy.kept()).toHaveLength(2)
  const own = await connected(`?reader=${reader}`)
  await own.said.times(2, text => text.includes('for the peer'))
  await acknowledge()
  expect(proxy.kept()).toEqual([])
})

test('peer gets its place however many others hold theirs', async () => {
  const { connected, proxy } = await served()
  const others = []
  for (let n = 0; n < 40; n += 1) others.push(await connected())
  const reader = uuidv4()
  await proxy.app.request('/attach', postJson({ reader }))
  const own = await connected(`?reader=${reader}`)
  for (let n = 0; n < 40; n += 1) await connected()
  proxy.link.tell({ kind: 'waiting', destination: 'carol', reason: 'told' })
  await own.said.first(text => text.includes('told'))
  expect(own.closed.all).toEqual([])
})

test('listening, however it is asked for, changes nothing', async () => {
  const { connected, proxy } = await served()
  const { id } = proxy.identity
  await connected(`?store=${id}&after=99`)
  await connected('?commands=planted')
  expect([proxy.identity.id, proxy.link.commands]).toEqual([id, undefined])
})
