import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { followEvents } from '../shared/process/event-source.ts'
import { HttpClient } from '../shared/process/http-client.ts'
import { serveApp } from '../shared/process/http-server.ts'
import { ProxyEvent } from '../shared/protocol/local.ts'
import { Heard } from '../test/harness/heard.ts'
import { openMemoryProxy } from '../test/harness/memory-proxy.ts'
import { MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { freePort, scratchFolder } from '../test/harness/scratch.ts'

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
    const lost = new Heard<unknown>()
    const onData = (data: string) => {
      const event = ProxyEvent.parse(JSON.parse(data))
      if (event.kind === 'message') heard.add(event.cursor)
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
    return { heard, lost }
  }
  const keep = async (count: number, text: string) => {
    await proxy.store.write(() => {
      for (let n = 0; n < count; n += 1)
        proxy.inbox.keep({ kind: 'message', message: sampleMessage({ message: text }), stored: false })
    })
    proxy.link.keptEventsWait()
  }
  return { proxy, follow, keep }
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
