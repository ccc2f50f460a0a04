/** AI routes as their user has them: another one answers, a new key works, whoever is gone is not paid for any more. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DEMO_KEYS } from '../../config/demo.ts'
import { type DemoProcess, preciseNow, startDemoProcess } from '../harness/demo-process.ts'
import { Fleet } from '../harness/fleet.ts'
import { call, PeerClient } from '../harness/peer-client.ts'

/** The time within which a stopped call is closed at the provider, in milliseconds. */
const CLOSED_WITHIN_MS = 100
const PIECE_MS = 20
const origins = () => [`http://127.0.0.1:${demo.port}`]

let demo: DemoProcess
let fleet: Fleet
let behrooz: PeerClient

const putKey = (id: 'openai' | 'anthropic', value: string) =>
  call('PUT', `${fleet.controller}/api/credentials/${id}`, { provider: id, value, origins: origins() })
const answerTo = (id: string) => behrooz.message(message => message.metadata.replyTo === id)
const askLong = async (to: string, marker: string) => {
  const id = await behrooz.send(to, `[[long 3000]] ${marker}`)
  await behrooz.event(event => event.name === 'delta' && event.data.replyTo === id)
  return { id, call: await demo.callWith(marker) }
}

beforeAll(async () => {
  demo = await startDemoProcess(PIECE_MS)
  const routes = {
    GPT: {
      kind: 'openai',
      baseUrl: demo.baseUrls.openai,
      model: 'gpt-4.1-mini',
      credential: 'openai',
      fallback: ['ANTHROPIC'],
    },
    ANTHROPIC: {
      kind: 'anthropic',
      baseUrl: demo.baseUrls.anthropic,
      model: 'claude-sonnet-5-5',
      credential: 'anthropic',
    },
  }
  fleet = await Fleet.open({ config: config => ({ ...config, routes }) })
  await fleet.startAll('behrooz', 'BOT')
  await putKey('openai', 'a-key-that-nobody-knows')
  await putKey('anthropic', DEMO_KEYS.anthropic)
  behrooz = await PeerClient.connect(fleet.peer(0))
  await behrooz.sees('ANTHROPIC', { online: true })
  await behrooz.sees('GPT', { online: true })
  await behrooz.sees('BOT', { online: true })
})
afterAll(async () => {
  behrooz[Symbol.dispose]()
  await fleet[Symbol.asyncDispose]()
  demo[Symbol.dispose]()
})

test('a route that fails is answered for by the next one, which is said', async () => {
  const answer = await answerTo(await behrooz.send('GPT', 'Who answers?'))
  expect(answer).toMatchObject({
    sender: 'GPT',
    conversation: 'GPT',
    type: 'chat',
    metadata: {
      model: 'claude-sonnet-5-5',
      ending: 'stop',
      fallback: { route: 'ANTHROPIC', reason: 'GPT has no valid API key' },
    },
  })
  const ofBot = await behrooz.send('BOT', 'And who answers for you?')
  expect((await answerTo(ofBot)).metadata.fallback).toMatchObject({ route: 'ANTHROPIC' })
})

test('a key that is changed on the dashboard is used for the next call', async () => {
  await putKey('openai', DEMO_KEYS.openai)
  const ask = async () => (await answerTo(await behrooz.send('GPT', 'And now?'))).metadata
  await vi.waitFor(async () => expect(await ask()).toMatchObject({ model: 'gpt-4.1-mini' }), { timeout: 10_000 })
  expect((await ask()).fallback).toBeUndefined()
})

test('an answer that is stopped on the page is closed at the provider within 100 ms', async () => {
  const times: number[] = []
  for (const marker of ['stop one', 'stop two', 'stop three', 'stop four', 'stop five']) {
    const asked = await askLong('GPT', marker)
    const stall = demo.stall()
    const began = preciseNow()
    await call('POST', `${fleet.peer(0)}/api/messages/${asked.id}/cancel`)
    const { how, at } = await demo.end(asked.call)
    expect(how).toBe('closed-early')
    times.push(at - began - (await stall))
    expect((await answerTo(asked.id)).metadata.ending).toBe('cancelled')
  }
  expect(times.sort((a, b) => a - b)[2]).toBeLessThanOrEqual(CLOSED_WITHIN_MS)
})

test('when the assistant dies, what it asked is stopped; when the own peer is restarted, its answer goes on', async () => {
  const ofBot = await askLong('BOT', 'asked by the assistant')
  const own = await askLong('GPT', 'asked by a person')
  await fleet.life('peer BOT').kill()
  await fleet.life('peer behrooz').kill()
  await fleet.start('peer', 'behrooz')
  using again = await PeerClient.connect(fleet.peer(0))
  await again.event(event => event.name === 'delta' && event.data.replyTo === own.id)
  expect((await demo.end(ofBot.call)).how).toBe('closed-early')
  await fleet.start('peer', 'BOT')
  const answer = await again.message(message => message.metadata.replyTo === ofBot.id)
  expect(answer.message).toMatch(/^word1 /)
  expect(answer.metadata).toMatchObject({
    ending: 'cancelled',
    endingDetail: 'Stopped because the peer that asked was gone.',
  })
  expect((await call('POST', `${fleet.peer(0)}/api/messages/${own.id}/cancel`)).status).toBe(202)
  const last = await again.message(message => message.metadata.replyTo === own.id)
  expect(last.metadata).toMatchObject({ ending: 'cancelled' })
  expect(last.metadata.endingDetail).toBeUndefined()
})

test('a call that a crash of the proxy interrupted is of unknown outcome, and is not made again by itself', async () => {
  using page = await PeerClient.connect(fleet.peer(0))
  const id = await page.send('GPT', '[[long 3000]] asked before the crash')
  await page.event(event => event.name === 'delta' && event.data.replyTo === id)
  const asked = await demo.callWith('asked before the crash')
  const before = demo.calls().length
  await fleet.life('proxy behrooz').kill()
  expect((await demo.end(asked)).how).toBe('closed-early')
  await fleet.start('proxy', 'behrooz')
  const failed = await page.state(id, 'failed')
  expect(failed.data).toMatchObject({ reason: expect.stringContaining('The outcome is unknown') })
  const partial = await page.message(message => message.metadata.replyTo === id)
  expect(partial.message).toMatch(/^word1 /)
  const later = await page.send('ANTHROPIC', 'Is anything asked again?')
  await page.message(message => message.metadata.replyTo === later)
  expect(demo.calls()).toHaveLength(before + 1)
  expect((await call('POST', `${fleet.peer(0)}/api/messages/${id}/retry`)).status).toBe(202)
  await vi.waitFor(() => expect(demo.calls()).toHaveLength(before + 2), { timeout: 10_000 })
})
