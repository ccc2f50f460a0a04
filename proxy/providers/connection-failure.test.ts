/** Whatever an upstream does to its connection is its failure: what came is kept, and before any text another attempt is made. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { connectionFailure } from './connection-failure.ts'
import { answerTo, testCaller } from './testing/asking.ts'
import { chunk, HEAD, startByteServer } from './testing/raw-bytes.ts'
import { DONE, pieces, startRawServer } from './testing/raw-server.ts'
import { UpstreamError } from './upstream-error.ts'

const EIGHT = Array.from({ length: 8 }, (_, n) => chunk(pieces(`word${n} `))).join('')
const BAD_GATEWAY = 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'

test.each([
  ['502 Bad Gateway where a chunk size belongs', '502 Bad Gateway', /it sent what is not HTTP: /],
  ['another answer where a chunk size belongs', BAD_GATEWAY, /it sent what is not HTTP: /],
  ['bytes of TLS', '\x15\x03\x01\x00\x02\x02\x46', /it sent what is not HTTP: /],
  ['a chunk size beyond all bounds', 'fffffffffffffffffffff\r\n', /it sent what is not HTTP: /],
  ['a chunk that is longer than its size', '1\r\nxyz\r\n', /it sent what is not HTTP: /],
  ['nothing more', '', /the other side closed it/],
  ['a part of a chunk', 'ff\r\ndata: {"cho', /the other side closed it/],
])('after eight good chunks and %s, what came is kept and marked as broken off', async (_, rest, words) => {
  const server = await startByteServer(socket => socket.write(HEAD + EIGHT, () => socket.end(rest)))
  const { text, end } = await answerTo(testCaller(), { baseUrl: server.origin })
  expect(text).toBe('word0 word1 word2 word3 word4 word5 word6 word7 ')
  expect(end).toMatchObject({
    kind: 'end',
    ending: 'interrupted',
    detail: expect.stringMatching(/^The answer broke off\. The connection broke \(http:\/\/127\.0\.0\.1:\d+: /),
  })
  expect(end).toMatchObject({ detail: expect.stringMatching(words) })
  expect(server.asked()).toBe(1)
})

test.each([
  ['502 Bad Gateway where a chunk size belongs', `${HEAD}502 Bad Gateway`, 'truncated', 3],
  ['the end of the connection', '', 'truncated', 3],
  ['the end of the connection within the head', 'HTTP/1.1 200 OK\r\ncontent-', 'truncated', 3],
  ['what is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'broken_answer', 1],
  ['bytes of TLS', '\x15\x03\x01\x00\x02\x02\x46', 'broken_answer', 1],
  ['a head beyond all bounds', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n`, 'broken_answer', 1],
  ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', 'truncated', 3],
])('before any text, %s is a failure in words', async (_, bytes, code, times) => {
  const server = await startByteServer(socket => socket.end(bytes, 'latin1'))
  const { text, end } = await answerTo(testCaller(), { baseUrl: server.origin })
  expect(text).toBe('')
  expect(end).toMatchObject({ kind: 'error', failure: { code, message: expect.stringContaining(server.origin) } })
  expect(server.asked()).toBe(times)
})

test('an error of the connection that nobody knows is a failure of the provider, in its own words', () => {
  for (const within of [true, false])
    for (const cause of [new Error('odd'), Object.assign(new TypeError('odd'), { code: 'E_ODD' }), 'odd'])
      expect(connectionFailure(new UpstreamError(cause, { within }), 'https://a.example')).toMatchObject({
        code: 'truncated',
        message: 'The connection broke (https://a.example: odd). Try again.',
        retryable: true,
      })
})

test('what did not come from the connection stays a fault of ours', () => {
  expect(() => connectionFailure(new TypeError('x is not a function'), 'https://a.example')).toThrow(TypeError)
})

const COMPRESSIONS = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  GZip: gzipSync,
  deflate: deflateSync,
  'deflate without a head': deflateRawSync,
  br: brotliCompressSync,
  'gzip, br': (bytes: Buffer) => brotliCompressSync(gzipSync(bytes)),
  identity: (bytes: Buffer) => bytes,
  'gzip, which is only said': (bytes: Buffer) => bytes,
}
const compressed = Object.entries(COMPRESSIONS).map(([name, compress]) => {
  return { name, encoding: name.replace(/ without.*|, which.*/, ''), compress }
})

test.each(compressed)('an answer that comes with content-encoding $name is read', async ({ encoding, compress }) => {
  const server = await startRawServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding })
    const bytes = compress(Buffer.from(pieces('Grüße ', '你好') + DONE))
    for (const byte of bytes) response.write(Buffer.of(byte))
    response.end()
  })
  const { text, end } = await answerTo(testCaller(), { baseUrl: server.origin })
  expect({ text, end }).toEqual({ text: 'Grüße 你好', end: { kind: 'end', ending: 'stop' } })
  expect(server.requests).toHaveLength(1)
  expect(server.requests[0]?.request.headers['accept-encoding']).toBe('identity')
})

test.each(compressed)('an error that comes with content-encoding $name is read', async ({ encoding, compress }) => {
  const server = await startRawServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json', 'content-encoding': encoding })
    response.end(compress(Buffer.from('{"error":{"message":"Too odd"}}')))
  })
  const { end } = await answerTo(testCaller(), { baseUrl: server.origin })
  expect(end).toMatchObject({ failure: { code: 'bad_request', message: expect.stringContaining('(Too odd)') } })
})

test.each(['zstd', 'compress', 'gzip, zstd', 'gzip, gzip, gzip'])(
  'an answer that comes with content-encoding %s is refused, and asked for once',
  async encoding => {
    const server = await startRawServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding }).end('?')
    })
    const { end } = await answerTo(testCaller(), { baseUrl: server.origin })
    const message = expect.stringContaining(`it is compressed with ${encoding}`)
    expect(end).toMatchObject({ kind: 'error', failure: { code: 'broken_answer', message, retryable: false } })
    expect(server.requests).toHaveLength(1)
  },
)

test('an error whose compression is not known is told by its status', async () => {
  const server = await startRawServer((_, response) => response.writeHead(401, { 'content-encoding': 'zstd' }).end('?'))
  const { end } = await answerTo(testCaller(), { baseUrl: server.origin })
  expect(end).toMatchObject({ failure: { code: 'wrong_key' } })
})

test.each([
  ['gzip', Buffer.concat([gzipSync('data: 1').subarray(0, 10), Buffer.from('no gzip at all')])],
  ['br', Buffer.from('data: {"choices":[]}')],
  ['deflate', Buffer.from('data: {"choices":[]}')],
])('bytes that are no %s are refused, and asked for once', async (encoding, bytes) => {
  const server = await startRawServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding }).end(bytes),
  )
  const { end } = await answerTo(testCaller(), { baseUrl: server.origin })
  expect(end).toMatchObject({ kind: 'error', failure: { code: 'broken_answer', retryable: false } })
  expect(server.requests).toHaveLength(1)
})

test.each([
  ['ends', (rest: Buffer) => rest.subarray(0, -12)],
  ['turns to something else', () => Buffer.from('HTTP/1.1 502 Bad Gateway')],
])('a compressed answer that %s too early is kept and marked as broken off', async (_, cut) => {
  let goOn: () => void = () => {}
  const server = await startRawServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
    response.write(gzipSync(pieces('Hi ')))
    goOn = () => response.end(cut(gzipSync(pieces('there'))))
  })
  const { text, end } = await answerTo(testCaller(), { baseUrl: server.origin }, event => {
    if (event.kind === 'text') goOn()
  })
  expect(text).toMatch(/^Hi /)
  expect(end).toMatchObject({ kind: 'end', ending: 'interrupted' })
})

test('what a compressed answer becomes is bounded', async () => {
  const bomb = gzipSync(
    Buffer.concat([Buffer.from(pieces('Hi')), Buffer.alloc(80 * 1024 * 1024, `:${'x'.repeat(1000)}\n`)]),
  )
  const server = await startRawServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }).end(bomb),
  )
  const { text, end } = await answerTo(testCaller(), { baseUrl: server.origin })
  expect(text).toBe('Hi')
  expect(end).toMatchObject({ ending: 'interrupted', detail: expect.stringMatching(/reads at most 64 MiB/) })
}, 20_000)

test.each([
  'text/event-stream',
  'Text/Event-Stream; Charset=UTF-8',
  ' text/event-stream;charset=utf-8',
  'TEXT/EVENT-STREAM',
])('a stream that is labelled %j is read', async type => {
  const server = await startRawServer((_, response) =>
    response.writeHead(200, { 'Content-Type': type }).end(pieces('Hi') + DONE),
  )
  expect(await answerTo(testCaller(), { baseUrl: server.origin })).toMatchObject({
    text: 'Hi',
    end: { ending: 'stop' },
  })
})

test('what is no stream of events at all is asked for once', async () => {
  const server = await startRawServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('<html>Sign in</html>'),
  )
  const { end } = await answerTo(testCaller(), { baseUrl: server.origin })
  expect(end).toMatchObject({
    failure: { code: 'broken_answer', message: expect.stringContaining('no stream of events') },
  })
  expect(server.requests).toHaveLength(1)
})
