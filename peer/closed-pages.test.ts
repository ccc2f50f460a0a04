import { expect, onTestFinished, test } from 'vitest'
import { serveApp } from '../shared/process/http-server.ts'
import { silentLog } from '../shared/process/log.ts'
import { entry, openMemoryPeer } from '../test/harness/memory-peer.ts'
import { freePort } from '../test/harness/scratch.ts'
import { stopUnread } from './closed-pages.ts'

const GRACE_MS = 500
const later = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** A peer that knows an API, an assistant and a person, with pages that can be opened. */
async function served(pageGraceMs = GRACE_MS) {
  const gpt = { ...entry('GPT', 'ai'), model: 'm1' }
  const peer = await openMemoryPeer({ peers: [gpt, entry('BOT', 'ai'), entry('bob')], pageGraceMs })
  const port = await freePort()
  const server = await serveApp(peer.app, { process: 'a test', port })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const openPage = async () => {
    const page = new AbortController()
    onTestFinished(() => page.abort())
    await fetch(`http://127.0.0.1:${port}/api/events`, { signal: page.signal })
    return async () => {
      page.abort()
      while (peer.desk.pages.isOpen) await new Promise(resolve => setImmediate(resolve))
    }
  }
  /** Asks, and has the proxy take it. */
  const ask = async (to: string) => {
    const { id } = await peer.chat.send(to, { message: 'why?' })
    const placement = { stream: '5f1c62d4-7d6b-4d4e-9f3a-0b6f0c4f2a11', sequence: 1 }
    const isPlaced = to !== 'GPT'
    const head = peer.desk.outbox.head()
    await peer.arrivals.handedOver([{ id, state: 'accepted', ...(isPlaced && { placement }) }], head)
    return id
  }
  const stopped = async (count: number) => {
    while (peer.cancelled.length < count) await later(1)
    return peer.cancelled
  }
  return { ...peer, ask, openPage, stopped }
}

test('answers that were asked for on a page are stopped once no page is open any more, with the reason', async () => {
  const peer = await served()
  const close = await peer.openPage()
  const questions = [await peer.ask('GPT'), await peer.ask('BOT')]
  await close()
  expect(peer.cancelled).toEqual([])
  expect(await peer.stopped(2)).toEqual(expect.arrayContaining(questions))
  expect(peer.reasons).toEqual(['page_closed', 'page_closed'])
})

test('nothing is stopped when a page is back within the grace', async () => {
  const peer = await served(2_000)
  const close = await peer.openPage()
  await peer.ask('GPT')
  await close()
  await peer.openPage()
  await later(2_300)
  expect(peer.cancelled).toEqual([])
})

test('what was asked without a page goes on, as do answered questions and messages to people', async () => {
  const peer = await served()
  await peer.ask('GPT')
  const close = await peer.openPage()
  const answered = await peer.ask('GPT')
  await peer.chat.send('bob', { message: 'good night' })
  await peer.tell({ kind: 'failed', cursor: 1, id: answered, destination: 'GPT', reason: 'No.', cancelled: false })
  await close()
  const last = await peer.openPage()
  const question = await peer.ask('GPT')
  await last()
  expect(await peer.stopped(1)).toEqual([question])
  expect(peer.desk.outbox.head()).toHaveLength(1)
})

test('nobody waits for a question that was refused, or taken back before it was sent', async () => {
  const peer = await served()
  await peer.openPage()
  const refused = await peer.chat.send('GPT', { message: 'why?' })
  const head = peer.desk.outbox.head()
  await peer.arrivals.handedOver([{ id: refused.id, state: 'failed', code: 'too_large', reason: 'No.' }], head)
  const { id } = await peer.chat.send('GPT', { message: 'why?' })
  await peer.chat.cancel(id)
  expect([...peer.desk.attended]).toEqual([])
})

test('an answer is stopped also when its conversation was cleared meanwhile', async () => {
  const peer = await served()
  const close = await peer.openPage()
  const question = await peer.ask('GPT')
  await peer.chat.clear('GPT')
  await close()
  expect(await peer.stopped(1)).toEqual([question])
})

test('a disk that cannot be read when the last page is closed ends nothing else', async () => {
  const peer = await served()
  await peer.openPage()
  await peer.ask('GPT')
  peer.close()
  const parts = { ...peer, takingBack: { atPeer: () => {}, atProxy: async () => {} }, log: silentLog() }
  await expect(stopUnread(parts)).resolves.toBeUndefined()
})
