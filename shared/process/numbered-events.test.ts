import { connect } from 'node:net'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { Heard } from '../../test/harness/heard.ts'
import { serveApp } from './http-server.ts'
import { NumberedEvents } from './numbered-events.ts'

const MIB = 1024 * 1024

async function served() {
  const events = new NumberedEvents()
  const app = new Hono()
  app.get('/events', c => events.open(c, () => [{ event: 'present', data: 'how it is' }]))
  const server = await serveApp(app, { process: 'a test', port: 0 })
  onTestFinished(() => server[Symbol.asyncDispose]())
  /** A reader, as a page of this process or a program. `said` are its lines that name an event or hold a small one. */
  const open = async ({ isPage = false } = {}) => {
    const socket = connect(server.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const said = new Heard<string>()
    const closed = new Heard<true>()
    let rest = ''
    socket.on('data', bytes => {
      const lines = (rest + bytes).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) said.add(line.slice(0, 100))
    })
    socket.on('error', () => {})
    socket.once('close', () => closed.add(true))
    const site = isPage ? 'Sec-Fetch-Site: same-origin\r\n' : ''
    socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n${site}\r\n`)
    await said.first(line => line.includes('how it is'))
    return { socket, said, closed }
  }
  return { events, open }
}

test('reader that does not read costs no copies, misses nothing that is kept, and holds up nobody', async () => {
  const { events, open } = await served()
  const stalled = await Promise.all(Array.from({ length: 60 }, () => open()))
  for (const { socket } of stalled) socket.pause()
  const reading = await open()
  const before = process.memoryUsage().arrayBuffers
  for (let n = 1; n <= 48; n += 1) {
    events.emit({ event: 'large', data: 'x'.repeat(MIB / 16) })
    await reading.said.times(n, line => line === 'event: large')
  }
  events.emit({ event: 'last', data: 0 })
  await reading.said.first(line => line === 'event: last')
  // 3 MiB are kept once. Copies for each reader would be 180.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * MIB)
  const [one] = stalled
  one?.socket.resume()
  await one?.said.first(line => line === 'event: last')
  expect(one?.said.all.filter(line => line === 'event: large')).toHaveLength(48)
})

test('reader that fell behind what is kept is told anew how things are, on the same connection', async () => {
  const { events, open } = await served()
  const { socket, said, closed } = await open()
  socket.pause()
  for (let n = 0; n < 40; n += 1) events.emit({ event: 'large', data: 'x'.repeat(MIB) })
  socket.resume()
  await said.first(line => line === 'event: reset')
  await said.times(2, line => line.includes('how it is'))
  events.emit({ event: 'after', data: 0 })
  await said.first(line => line === 'event: after')
  expect(closed.all).toEqual([])
})

test('event that is larger than all that is kept reaches its readers, with those around it', async () => {
  const { events, open } = await served()
  const { said, closed } = await open()
  for (const [event, size] of [
    ['before', 1],
    ['large', 6 * MIB],
    ['after', 1],
  ] as const)
    events.emit({ event, data: 'x'.repeat(size) })
  await said.first(line => line === 'event: after')
  expect(said.all.filter(line => line.startsWith('event: '))).toEqual([
    'event: present',
    'event: before',
    'event: large',
    'event: after',
  ])
  expect(closed.all).toEqual([])
})

test('page gets a place and keeps it, however many programs hold theirs and come back', async () => {
  const { events, open } = await served()
  for (let n = 0; n < 64; n += 1) await open()
  const page = await open({ isPage: true })
  for (let n = 0; n < 70; n += 1) await open()
  events.emit({ event: 'told', data: 0 })
  await page.said.first(line => line === 'event: told')
  expect([page.closed.all, events.size]).toEqual([[], 64])
})
