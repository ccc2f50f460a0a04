import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { serveApp } from '../shared/process/http-server.ts'
import { PeerName } from '../shared/protocol/names.ts'
import { Heard } from '../test/harness/heard.ts'
import { freePort } from '../test/harness/scratch.ts'
import type { State, Table } from './document.ts'
import { Hub } from './hub.ts'
import { Presence } from './presence.ts'

const tableOf = (version: number): Table => ({
  name: PeerName.parse('alice'),
  history: [
    {
      ...{ version, time: '2026-01-02T03:04:05.000Z', author: 'start', endpoints: {} },
      difference: { added: [], removed: [], changed: [] },
    },
  ],
})
const stateOf = (version: number): State => ({
  ...{ schema: 1, proxies: {}, tables: { alice: tableOf(version) }, credentials: {} },
})

async function served() {
  const state = stateOf(1)
  const hub = new Hub({ demo: false, presence: new Presence(() => new Date()), state: () => state })
  const app = new Hono().get('/routes', c => hub.openRoutes(c, 'alice'))
  const port = await freePort()
  const server = await serveApp(app, { process: 'a test', port })
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]()
    hub[Symbol.dispose]()
  })
  const open = async () => {
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const said = new Heard<string>()
    const ended = new Heard<true>()
    const reply = await fetch(`http://127.0.0.1:${port}/routes`, { signal: stop.signal })
    const read = async () => {
      for await (const chunk of reply.body ?? []) said.add(Buffer.from(chunk).toString())
    }
    void read().then(
      () => ended.add(true),
      () => ended.add(true),
    )
    await said.first(text => text.includes('"version":1'))
    return { said, ended, stop }
  }
  return { hub, state, open }
}

test('second stream of a proxy closes the first, so that none is open that is not told anything', async () => {
  const { hub, open } = await served()
  const first = await open()
  const second = await open()
  await first.ended.first(() => true)
  expect([hub.connected, hub.hasRoutes('ALICE')]).toEqual([1, true])
  second.stop.abort()
  await second.ended.first(() => true)
  const third = await open()
  hub.closeRoutes('alice')
  await third.ended.first(() => true)
})

test('proxy whose second stream closed is told its next table, on the stream that it opens then', async () => {
  const { hub, state, open } = await served()
  const first = await open()
  const second = await open()
  second.stop.abort()
  await first.ended.first(() => true)
  const again = await open()
  hub.stateChanged(state, stateOf(2))
  await again.said.first(text => text.includes('"version":2'))
})
