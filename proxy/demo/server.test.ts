import { expect, test } from 'vitest'
import { DEMO_KEYS } from '../../config/demo.ts'
import { countWords, piecesOf } from './answer-text.ts'
import { startDemoProvider } from './server.ts'
import { steeringOf } from './steering.ts'
import { useDemo } from './testing/demo.ts'

const demo = useDemo({ keys: { mistral: 'another-key' } })

const ask = (content: string, more: { key?: string; stream?: boolean; raw?: string } = {}) => {
  const { key = DEMO_KEYS.openai, stream = false } = more
  const body = more.raw ?? JSON.stringify({ model: 'gpt-4.1-mini', stream, messages: [{ role: 'user', content }] })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  return fetch(`${demo.provider.baseUrls.openai}/chat/completions`, { method: 'POST', headers, body })
}

test('each call is recorded with what it asked, how it was answered and how that ended', async () => {
  await (await ask('Hi')).text()
  await (await ask('Hi', { key: 'wrong' })).text()
  expect(demo.calls).toMatchObject([
    { kind: 'openai', path: '/openai/v1/chat/completions', status: 200, body: { messages: [{ content: 'Hi' }] } },
    { kind: 'openai', status: 401, headers: { authorization: 'Bearer wrong' } },
  ])
  expect(await Promise.all(demo.calls.map(({ outcome }) => outcome))).toEqual(['complete', 'complete'])
})

test('keys can be given at the start', async () => {
  const url = `${demo.provider.baseUrls.mistral}/chat/completions`
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
  const status = async (key: string) =>
    (await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body })).status
  expect([await status('another-key'), await status(DEMO_KEYS.mistral)]).toEqual([200, 401])
})

test('a body that is no JSON is refused', async () => {
  expect((await ask('', { raw: '{"model":' })).status).toBe(400)
})

test('a stream carries headers of a stream, and ends with [DONE]', async () => {
  const answer = await ask('Hi', { stream: true })
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect((await answer.text()).endsWith('data: [DONE]\n\n')).toBe(true)
})

test('a question fails once, is answered, and fails once again', async () => {
  const statuses: number[] = []
  for (const _ of [1, 2, 3, 4]) statuses.push((await ask('[[fail-once]]')).status)
  expect(statuses).toEqual([500, 200, 500, 200])
})

test('a cut stream breaks off without its end', async () => {
  await expect((await ask('[[cut]]', { stream: true })).text()).rejects.toThrow()
  expect(await demo.calls[0]?.outcome).toBe('broken')
})

test('a stalled stream says nothing more until the client leaves', async () => {
  const abort = new AbortController()
  const headers = { authorization: `Bearer ${DEMO_KEYS.openai}` }
  const body = JSON.stringify({
    model: 'gpt-4.1-mini',
    stream: true,
    messages: [{ role: 'user', content: '[[stall]]' }],
  })
  const answer = await fetch(`${demo.provider.baseUrls.openai}/chat/completions`, {
    method: 'POST',
    headers,
    body,
    signal: abort.signal,
  })
  await answer.body?.getReader().read()
  abort.abort()
  expect(await demo.calls[0]?.outcome).toBe('closed-early')
})

test('an answer of a given length has that many pieces', async () => {
  const text = await (await ask('[[long 300]]', { stream: true })).text()
  expect(text.match(/"content":"word/g)).toHaveLength(300)
})

test('a taken port is told', async () => {
  await expect(startDemoProvider({ port: demo.provider.port })).rejects.toThrow('EADDRINUSE')
})

test('stopping ends answers that are on their way', async () => {
  const own = await startDemoProvider({ port: 0, pieceMs: 20 })
  const headers = { authorization: `Bearer ${DEMO_KEYS.openai}` }
  const body = JSON.stringify({
    model: 'gpt-4.1-mini',
    stream: true,
    messages: [{ role: 'user', content: '[[long 5000]]' }],
  })
  const answer = await fetch(`${own.baseUrls.openai}/chat/completions`, { method: 'POST', headers, body })
  await own[Symbol.asyncDispose]()
  await expect(answer.text()).rejects.toThrow()
})

test('the pieces of a text are the text', () => {
  const text = 'One **two**\n\n> three\n- four'
  expect(piecesOf(text).join('')).toBe(text)
  expect(countWords(text)).toBe(6)
})

test('steering words are read from the question, with what follows them', () => {
  expect(steeringOf('please [[long 12]] and [[slow]]')).toMatchObject({
    content: { long: 12 },
    pace: { slow: true, breaks: undefined, pieceMs: undefined },
  })
  expect(steeringOf('[[error]] [[fail-once 429]] [[midstream-error 503]] [[retry-after 1.5]]')).toMatchObject({
    status: 500,
    failOnce: 429,
    waitMs: 1500,
    pace: { breaks: { how: 'error', status: 503 } },
  })
  expect(steeringOf('[[pieces 50 at 20 ms]] [[split]] [[ending RECITATION]]')).toMatchObject({
    content: { long: 50, ending: 'RECITATION' },
    pace: { pieceMs: 20, split: 1 },
  })
  expect(steeringOf('[slow] long 12')).toEqual(steeringOf(''))
})
