import { connect, type Socket } from 'node:net'
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
  const readers = new EventReaders(limit, { stalledMs: 1_000 })
  const opened = new Heard<{ writer: EventWriter; query: string | undefined; isOwner: boolean }>()
  const closed = new Heard<EventWriter>()
  const app = new Hono()
  app.get('/events', c => {
    const isOwner = c.req.query('owner') === '1'
    const onOpen = (writer: EventWriter) => opened.add({ writer, query: c.req.query('after'), isOwner })
    return readers.open(c, { isOwner, onOpen, onClose: closed.add })
  })
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

/** A reader that reads nothing until it is resumed. */
function stalled(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.pause()
  socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  return socket
}

test('event stream brings every event to its reader, in order and as it was', async () => {
  const { url, opened, readers } = await stream()
  const { data } = follow(() => url)
  await opened.first(() => true)
  const events = ['a', 'two\nlines', 'ünï ✓ 😀', 'x'.repeat(100_000), '']
  for (const event of events) for (const writer of readers) writer.send({ event: 'named', id: '7', data: event })
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
  const first = follow(() => `${url}?owner=1`)
  await opened.first(() => true)
  const second = follow(() => url)
  expect(String(await second.lost.first(() => true))).toContain('1 are open, which is the limit')
  first.stop.abort()
  await opened.times(2, () => true)
  expect(readers.size).toBe(1)
})

test('newest reader gets a place: one that does not read leaves it, else the one that has had it for longest', async () => {
  const { url, port, opened, closed, readers } = await stream(3)
  const owner = follow(() => `${url}?owner=1`)
  await opened.times(1, () => true)
  const old = follow(() => `${url}?after=old`)
  await opened.times(2, () => true)
  stalledReader(port)
  await opened.times(3, () => true)
  const stalled = opened.all[2]?.writer
  stalled?.send({ data: 'x'.repeat(8 * 1024 * 1024) })
  const young = follow(() => `${url}?after=young`)
  await opened.times(4, () => true)
  await closed.first(writer => writer === stalled)
  expect(old.lost.all).toEqual([])
  const younger = follow(() => `${url}?after=younger`)
  await opened.first(({ query }) => query === 'younger')
  await old.lost.first(() => true)
  expect([owner.lost.all, young.lost.all, younger.lost.all, readers.size]).toEqual([[], [], [], 3])
})

test('owner gets a place however many others hold theirs, and keeps it', async () => {
  const { url, opened, readers } = await stream(3)
  for (const name of ['a', 'b', 'c']) follow(() => `${url}?after=${name}`)
  await opened.times(3, () => true)
  const owner = follow(() => `${url}?owner=1`)
  await opened.first(({ isOwner }) => isOwner)
  // Those that were closed come back and take places from each other.
  await opened.times(12, () => true)
  expect(owner.lost.all).toEqual([])
  expect(readers.size).toBe(3)
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

/** Opens a stream and reads nothing of it. */
function stalledReader(port: number): void {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  socket.pause()
  socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
}

test('reader that does not read is given no more than a bound, is disconnected after a while, and the others go on', async () => {
  const { port, url, readers, opened, closed } = await stream()
  const { data } = follow(() => url)
  await opened.first(() => true)
  stalledReader(port)
  await opened.times(2, () => true)
  const stalled = opened.all[1]?.writer
  const piece = 'x'.repeat(256 * 1024)
  let taken = 0
  for (let sent = 1; sent <= 64; sent += 1) {
    if (stalled?.send({ data: piece })) taken += 1
    opened.all[0]?.writer.send({ data: piece })
    await data.times(sent, () => true)
  }
  expect(taken).toBeLessThan(40)
  expect(stalled?.hasRoom).toBe(false)
  await closed.first(writer => writer === stalled)
  opened.all[0]?.writer.send({ data: 'and on' })
  await data.first(text => text === '"and on"')
  expect(readers.size).toBe(1)
})

test('reader is not dropped for one large event, nor for those behind it', async () => {
  const { url, opened, closed } = await stream()
  const { data, lost } = follow(() => url)
  const { writer } = await opened.first(() => true)
  const large = 'x'.repeat(5 * 1024 * 1024)
  expect([large, 'behind', 'and on'].map(one => writer.send({ data: one }))).toEqual([true, true, true])
  await data.first(text => text === '"and on"')
  expect(data.all.map(text => text.length)).toEqual([large.length + 2, 8, 8])
  expect([lost.all, closed.all]).toEqual([[], []])
})

test('reader that was given too much is given nothing until it has read, so that nothing overtakes', async () => {
  const { port, opened } = await stream()
  const socket = stalled(port)
  const { writer } = await opened.first(() => true)
  const sizes = [8 * 1024 * 1024, 100_000, 200_000, 10]
  expect(sizes.map(size => writer.send({ data: 'x'.repeat(size) }))).toEqual([true, true, false, false])
  const drained = new Heard<true>()
  writer.onDrain(() => drained.add(true))
  socket.resume()
  await drained.first(() => true)
  expect(writer.send({ data: 'again' })).toBe(true)
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
  const socket = stalled(port)
  const { writer } = await opened.first(() => true)
  const drained = new Heard<number>()
  writer.send({ data: 'x'.repeat(3 * 1024 * 1024) })
  expect(writer.hasRoom).toBe(false)
  for (const listener of [1, 2, 3]) writer.onDrain(() => drained.add(listener))
  socket.resume()
  await drained.first(() => true)
  expect(drained.all).toEqual([3])
})
