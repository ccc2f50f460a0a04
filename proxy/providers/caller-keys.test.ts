/** Where a key may go, and where it may be seen. */
import { expect, test } from 'vitest'
import { answerTo, askOf, testCaller } from './testing/asking.ts'
import { beginStream, DONE, startRawServer } from './testing/raw-server.ts'

const KEY = 'sk-secret-0123456789-abcdef'
const failure = (code: string, message: RegExp = /./) => ({
  kind: 'error',
  failure: { code, message: expect.stringMatching(message) },
})

test('a redirect is not followed', async () => {
  const other = await startRawServer((_, response) => response.end())
  const server = await startRawServer((_, response) => response.writeHead(307, { location: other.origin }).end())
  const { end } = await answerTo(testCaller(), { baseUrl: server.origin, key: KEY })
  expect(end).toMatchObject(failure('bad_request', /it redirects, status 307/))
  expect(other.requests).toEqual([])
})

test('a key is not sent to an origin that is not its own, nor is the question', async () => {
  const server = await startRawServer((_, response) => response.end())
  const { end } = await answerTo(testCaller(), {
    baseUrl: server.origin,
    key: KEY,
    origins: ['https://api.openai.com'],
  })
  expect(end).toMatchObject(
    failure('bad_request', /credential "openai" may only be sent to https:\/\/api\.openai\.com/),
  )
  expect(server.requests).toEqual([])
})

test('a route whose credential has no key is not called', async () => {
  const server = await startRawServer((_, response) => response.end())
  const ask = { ...askOf({ baseUrl: server.origin, key: KEY }), credential: undefined }
  for await (const event of testCaller().ask(ask))
    expect(event).toMatchObject(failure('wrong_key', /no key is set for credential "openai"/))
  expect(server.requests).toEqual([])
})

test('a route without a credential sends no key, even if one is at hand', async () => {
  const server = await startRawServer((_, response) => {
    beginStream(response, 'Hi')
    response.end(DONE)
  })
  const { credential } = askOf({ baseUrl: server.origin, key: KEY })
  for await (const event of testCaller().ask({ ...askOf({ baseUrl: server.origin }), credential }))
    expect(event.kind).not.toBe('error')
  expect(server.requests[0]?.request.headers).not.toHaveProperty('authorization')
})

test.each([0, 270, 290, 299])('a key that the provider repeats after %i characters is shown nowhere', async before => {
  const server = await startRawServer((_, response) => {
    const error = { message: `${'x'.repeat(before)}${KEY} is odd`, code: 'odd' }
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
  })
  const caller = testCaller()
  const { end } = await answerTo(caller, { baseUrl: server.origin, key: KEY })
  expect(end).toMatchObject(failure('bad_request'))
  expect(JSON.stringify([end, caller.logged])).not.toContain(KEY.slice(0, 10))
})

test('a key that the provider repeats within the stream is not shown', async () => {
  const server = await startRawServer((_, response) => {
    beginStream(response, 'Hi')
    response.end(`data: ${JSON.stringify({ error: { message: `${'x'.repeat(290)}${KEY}` } })}\n\n`)
  })
  expect(JSON.stringify(await answerTo(testCaller(), { baseUrl: server.origin, key: KEY }))).not.toContain(
    KEY.slice(0, 6),
  )
})

const IN_ADDRESS = 'a-key/with+signs=0123456789'
const QUOTED = 'a-"quoted"-key-0123456789'
test.each([
  ['as it is', KEY, KEY],
  ['in base64', KEY, Buffer.from(KEY).toString('base64')],
  ['in an address', IN_ADDRESS, encodeURIComponent(IN_ADDRESS)],
  ['in JSON', QUOTED, JSON.stringify(QUOTED).slice(1, -1)],
])('a key that the provider repeats %s, in its headers and its body, is shown nowhere', async (_, key, spelled) => {
  const server = await startRawServer((_request, response) => {
    response.writeHead(401, { 'www-authenticate': `Bearer error="${spelled}"`, 'x-request-id': spelled })
    response.end(JSON.stringify({ error: { message: `no such key: ${spelled}` } }))
  })
  const caller = testCaller()
  const { end } = await answerTo(caller, { baseUrl: server.origin, key })
  expect(end).toMatchObject(failure('wrong_key'))
  const shown = JSON.stringify([end, caller.logged])
  expect(shown).toContain('no such key: ')
  for (const hidden of ['0123456789', spelled]) expect(shown).not.toContain(hidden)
})

test('a key that arrives in two parts, in an error or in a stream, is not shown', async () => {
  const server = await startRawServer((request, response) => {
    const halves = [KEY.slice(0, 12), KEY.slice(12)] as const
    const isStream = request.url?.includes('stream') === true
    if (isStream) beginStream(response, 'Hi')
    else response.writeHead(400, { 'content-type': 'application/json' })
    response.write(`${isStream ? 'data: ' : ''}{"error":{"message":"odd: ${halves[0]}`, () => {
      setImmediate(() => response.end(`${halves[1]}"}}\n\n`))
    })
  })
  for (const baseUrl of [server.origin, `${server.origin}/stream`]) {
    const caller = testCaller()
    const answer = await answerTo(caller, { baseUrl, key: KEY })
    expect(JSON.stringify(answer)).toContain('odd: ')
    expect(JSON.stringify([answer, caller.logged])).not.toContain(KEY.slice(0, 6))
  }
})
