import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { serveApp } from '../shared/process/http-server.ts'
import { Heard } from '../test/harness/heard.ts'
import { freePort } from '../test/harness/scratch.ts'
import { PageEvents } from './page-events.ts'

async function pages() {
  const port = await freePort()
  const events = new PageEvents()
  const app = new Hono()
  app.get('/events', c => events.open(c, () => [{ event: 'connection', data: { proxy: true } }]))
  const server = await serveApp(app, { process: 'a test', port })
  onTestFinished(() => server[Symbol.asyncDispose]())
  /** A page that was at `last`, if at anything. */
  const open = async (last?: string) => {
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const heard = new Heard<EventSourceMessage | 'end'>()
    const response = await fetch(`http://127.0.0.1:${port}/events`, {
      signal: stop.signal,
      ...(last !== undefined && { headers: { 'last-event-id': last } }),
    })
    const parser = createParser({ onEvent: heard.add })
    const read = async () => {
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }))
    }
    void read().then(
      () => heard.add('end'),
      () => heard.add('end'),
    )
    const named = async (event: string): Promise<EventSourceMessage> => {
      const found = await heard.first(message => message !== 'end' && message.event === event)
      if (found === 'end') throw new Error('unreachable')
      return found
    }
    return { heard, named, stop }
  }
  return { events, open }
}

test('page that starts anew hears what is so now, and then what happens', async () => {
  const { events, open } = await pages()
  events.emit('typing', { conversation: 'before' })
  const page = await open()
  await page.named('connection')
  events.emit('typing', { conversation: 'bob' })
  await page.named('typing')
  expect(page.heard.all).toMatchObject([
    { event: 'connection', data: '{"proxy":true}' },
    { event: 'typing', data: '{"conversation":"bob"}', id: expect.any(String) },
  ])
})

test('page that comes back hears exactly what it missed', async () => {
  const { events, open } = await pages()
  const first = await open()
  await first.named('connection')
  events.emit('typing', { conversation: 'seen' })
  const { id } = await first.named('typing')
  first.stop.abort()
  for (const conversation of ['a', 'b', 'c']) events.emit('typing', { conversation })
  const again = await open(id)
  events.emit('read', { conversation: 'last' })
  await again.named('read')
  expect(again.heard.all.map(event => (event === 'end' ? event : JSON.parse(event.data).conversation))).toEqual([
    'a',
    'b',
    'c',
    'last',
  ])
})

test('page that was away too long, or comes from another life, is told to start anew', async () => {
  const { events, open } = await pages()
  const first = await open()
  await first.named('connection')
  events.emit('typing', { conversation: 'seen' })
  const { id } = await first.named('typing')
  first.stop.abort()
  for (let n = 0; n < 4_100; n += 1) events.emit('typing', { conversation: 'x' })
  for (const last of [id, 'another-1', 'nonsense', `${id?.split('-')[0]}-999999`]) {
    const page = await open(last)
    await page.named('connection')
    expect(page.heard.all).toMatchObject([{ event: 'reset' }, { event: 'connection' }])
  }
})

test('page that heard nothing with a number before it was cut off hears what it missed', async () => {
  const { events, open } = await pages()
  const first = await open()
  const { id } = await first.named('connection')
  first.stop.abort()
  events.emit('typing', { conversation: 'missed' })
  const again = await open(id)
  events.emit('read', { conversation: 'last' })
  await again.named('read')
  expect(again.heard.all.some(event => event !== 'end' && (event.event === 'typing' || event.event === 'reset'))).toBe(
    true,
  )
})

test('page that missed more than fits into one go hears it or starts anew, and is not cut off', async () => {
  const { events, open } = await pages()
  const first = await open()
  await first.named('connection')
  events.emit('typing', { conversation: 'seen' })
  const { id } = await first.named('typing')
  first.stop.abort()
  const metadata = { note: 'x'.repeat(64 * 1024) }
  const record = {
    id: '0190f5e0-0000-7000-8000-000000000000',
    sender: 'bob',
    destination: 'alice',
    message: '',
    timestamp: '',
    type: 'chat' as const,
    metadata,
    conversation: 'bob',
    state: 'received' as const,
  }
  for (let n = 0; n < 80; n += 1) events.emit('message', record)
  events.emit('read', { conversation: 'last' })
  const again = await open(id)
  const end = await again.heard.first(event => event === 'end' || event.event === 'read' || event.event === 'reset')
  expect(end).not.toBe('end')
})
