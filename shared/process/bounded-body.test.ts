import { createServer, type Server, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { Heard } from '../../test/harness/heard.ts'
import { BodyTooLargeError, boundedJson, boundedText, NestedTooDeepError } from './bounded-body.ts'
import { CallRefusedError, HttpClient } from './http-client.ts'

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield piece
}

/** A server that answers every request so; `closed` hears of each connection that ended. */
async function serverOf(answer: (response: ServerResponse) => void) {
  const closed = new Heard<true>()
  const server: Server = createServer((_, response) => answer(response))
  server.on('connection', socket => socket.once('close', () => closed.add(true)))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const client = new HttpClient()
  onTestFinished(() => {
    client[Symbol.dispose]()
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}/`, client, closed }
}

/** Writes for as long as the other side reads, and longer than any bound. */
function endless(response: ServerResponse, piece: string): void {
  const write = () => {
    while (!response.destroyed && response.write(piece));
  }
  response.on('drain', write)
  write()
}

test('body is read whole, whichever way it is cut, up to its last byte', async () => {
  const text = 'ü✓😀'
  const bytes = Buffer.from(text)
  const cut = pieces(bytes.subarray(0, 1), bytes.subarray(1, 7), bytes.subarray(7))
  expect(await boundedText(cut, { bytes: bytes.length, what: 'It' })).toBe(text)
  expect(await boundedText(pieces(), { bytes: 0, what: 'It' })).toBe('')
  const more = boundedText(pieces(bytes), { bytes: bytes.length - 1, what: 'The answer' })
  await expect(more).rejects.toThrow(BodyTooLargeError)
})

test('JSON that nests deeper than anything of ours is refused, however deep it is', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  expect(boundedJson(nested(32))).toBeInstanceOf(Array)
  for (const levels of [33, 4_150, 1_000_000]) expect(() => boundedJson(nested(levels))).toThrow(NestedTooDeepError)
})

test.each([200, 500])(
  'endless answer with status %d is cut off at the bound, and its connection closed',
  async status => {
    const { url, client, closed } = await serverOf(response => {
      response.writeHead(status)
      endless(response, ' '.repeat(64 * 1024))
    })
    const call = client.json('GET', url, { signal: AbortSignal.timeout(30_000), answerBytes: 1024 * 1024 })
    await expect(call).rejects.toThrow(`The answer of ${url} is too large: more than 1024 KiB. The rest was not read.`)
    await closed.first(() => true)
  },
)

test('endless refusal of a stream is cut off at the bound', async () => {
  const { url, client, closed } = await serverOf(response => {
    response.writeHead(503)
    endless(response, ' '.repeat(64 * 1024))
  })
  await expect(client.stream(url, { signal: AbortSignal.timeout(30_000) })).rejects.toThrow('is too large')
  await closed.first(() => true)
})

test('error of another process is told in bounded words', async () => {
  const error = { code: 'c'.repeat(5_000), message: 'm'.repeat(1_000_000), field: 'f'.repeat(5_000) }
  const { url, client } = await serverOf(response => {
    response.writeHead(422)
    response.end(JSON.stringify({ error }))
  })
  const refused = await client.json('GET', url, { signal: AbortSignal.timeout(30_000) }).catch(problem => problem)
  if (!(refused instanceof CallRefusedError)) throw new Error('it was not refused')
  for (const text of [refused.message, refused.code, refused.field]) expect(text?.length ?? 0).toBeLessThan(1_100)
})
