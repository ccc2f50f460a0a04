import { connect } from 'node:net'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { Heard } from '../../test/harness/heard.ts'
import { freePort } from '../../test/harness/scratch.ts'
import { followEvents } from './event-source.ts'
import { EventReaders, type EventWriter } from './event-stream.ts'
import { HttpClient } from './http-client.ts'
import { serveApp } from './http-server.ts'
import { Wake } from './wake.ts'

/** A server of one stream; `opened` and `closed` hear of its readers. */
async function stream(limit = 4) {
  const port = await freePort()
  const readers = new EventReaders(limit)
  const opened = new Heard<{ writer: EventWriter; query: string | undefined }>()
  const closed = new Heard<EventWriter>()
  const app = new Hono()
  app.get('/events', c =>
    readers.open(c, { onOpen: writer => opened.add({ writer, query: c.req.query('after') }), onClose: closed.add }),
  )
  app.onError((error, c) => c.json({ error: { code: 'not_ready', message: error.message } }, 503))
  const server = await serveApp(app, { process: 'a test', port })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { port, url: `http://127.0.0.1:${port}/events`, readers, opened, closed }
}

/** Follows a stream as the processes do. */
function follow(url: () => string) {
  const client = new HttpClient()
  const stop = new AbortController()
  const wake = new Wake()
  const data = new Heard<string>()
  const lost = new Heard<unknown>()
  const done = followEvents({
    client,
    url,
    signal: stop.signal,
    random: () => 0,
    onData: data.add,
    onClosed: lost.add,
    wake,
  })
  onTestFinished(async () => {
    stop.abort()
    await done
    client[Symbol.dispose]()
  })
  return { data, lost, stop, done, wake }
}

test('event stream brings every event to its reader, in order and as it was', async () => {
  const { url, opened, readers } = await stream()
  const { data } = follow(() => url)
  await opened.first(() => true)
  const events = ['a', 'two\nlines', 'ünï ✓ 😀', 'x'.repeat(100_000), '']
  for (const event of events) readers.sendAll({ event: 'named', id: '7', data: event })
  await data.times(events.length, () => true)
  expect(data.all.map(text => JSON.parse(text))).toEqual(events)
})

test('event stream that breaks is opened again, from the position that the reader has reached', async () => {
  const { url, opened, closed } = await stream()
  let position = 0
  const { data, lost } = follow(() => `${url}?after=${position}`)
  const first = await opened.first(() => true)
  first.writer.send({ data: 'one' })
  await data.first(text => text === '"one"')
  position = 1
  first.writer.close()
  const second = await opened.first(({ query }) => query === '1')
  second.writer.send({ data: 'two' })
  await data.first(text => text === '"two"')
  expect(first.query).toBe('0')
  expect(closed.all).toEqual([first.writer])
  expect(String(lost.all[0])).toContain('ended')
})

test('event stream that cannot be opened is tried again', async () => {
  const { url, opened, readers } = await stream(1)
  const first = follow(() => url)
  await opened.first(() => true)
  const second = follow(() => url)
  expect(String(await second.lost.first(() => true))).toContain('1 are open, which is the limit')
  first.stop.abort()
  await opened.times(2, () => true)
  expect(readers.size).toBe(1)
})

test('follower ends when its signal aborts, and its stream is closed', async () => {
  const { url, opened, closed, readers } = await stream()
  const { stop, done, lost } = follow(() => url)
  await opened.first(() => true)
  stop.abort()
  await done
  await closed.first(() => true)
  expect(readers.size).toBe(0)
  expect(lost.all).toEqual([])
})

test('reader that does not read is bounded in memory and disconnected, and the others go on', async () => {
  const { port, url, readers, opened, closed } = await stream()
  const { data } = follow(() => url)
  await opened.first(() => true)
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  socket.pause()
  socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  await opened.times(2, () => true)
  const stalled = opened.all[1]?.writer
  const piece = 'x'.repeat(256 * 1024)
  let sent = 0
  while (closed.all.length === 0 && sent < 400) {
    readers.sendAll({ data: piece })
    sent += 1
    await data.times(sent, () => true)
  }
  expect(closed.all).toEqual([stalled])
  expect(stalled?.hasRoom).toBe(false)
  readers.sendAll({ data: 'and on' })
  await data.first(text => text === '"and on"')
  expect(readers.size).toBe(1)
})

test('event stream that was closed takes what is sent to it for nothing', async () => {
  const { url, opened } = await stream()
  const { lost } = follow(() => url)
  const { writer } = await opened.first(() => true)
  const thrown = new Heard<unknown>()
  process.prependOnceListener('uncaughtException', thrown.add)
  onTestFinished(() => void process.off('uncaughtException', thrown.add))
  const others = process.listeners('uncaughtException').filter(listener => listener !== thrown.add)
  for (const listener of others) process.off('uncaughtException', listener)
  writer.close()
  writer.send({ data: 'too late' })
  await Promise.race([lost.first(() => true), thrown.first(() => true)])
  for (const listener of others) process.on('uncaughtException', listener)
  expect(thrown.all).toEqual([])
})

test('reader that is slow has one listener waiting for it, the last', async () => {
  const { port, opened } = await stream()
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.pause()
  socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  const { writer } = await opened.first(() => true)
  const drained = new Heard<number>()
  writer.send({ data: 'x'.repeat(3 * 1024 * 1024) })
  expect(writer.hasRoom).toBe(false)
  for (const listener of [1, 2, 3]) writer.onDrain(() => drained.add(listener))
  socket.resume()
  await drained.first(() => true)
  expect(drained.all).toEqual([3])
})
