/** The caller against servers that misbehave: what is waited for and what is not. */
import { once } from 'node:events'
import { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Wake } from '../../shared/process/wake.ts'
import { answerTo, askOf, testCaller } from './testing/asking.ts'
import { beginStream, DONE, deadOrigin, pieces, startRawServer } from './testing/raw-server.ts'

const stop = { kind: 'end', ending: 'stop' }
const failure = (code: string, message: RegExp = /./) => ({
  kind: 'error',
  failure: { code, message: expect.stringMatching(message) },
})

test('a provider that never answers is given up, and not asked again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  // Time passes once the request is there: on a busy machine it may come later than any real time that a test can wait.
  const server = await startRawServer(() => vi.advanceTimersByTime(30_000))
  const caller = testCaller()
  const { end } = await answerTo(caller, { baseUrl: server.origin })
  expect(end).toMatchObject(failure('timeout', /no sign of life for 30 s.*raise the timeout/))
  expect({ requests: server.requests.length, waits: caller.waits }).toEqual({ requests: 1, waits: [] })
})

test('a provider that sends headers and then nothing is given up', async () => {
  const server = await startRawServer((_, response) => beginStream(response))
  expect((await answerTo(testCaller(), { baseUrl: server.origin, timeoutMs: 100 })).end).toMatchObject(
    failure('timeout'),
  )
})

test('comments keep a slow answer alive', async () => {
  const server = await startRawServer((_, response) => {
    beginStream(response)
    let comments = 0
    const timer = setInterval(() => {
      if (++comments < 15) return response.write(':\n\n')
      clearInterval(timer)
      return response.end(pieces('At last') + DONE)
    }, 60)
  })
  const { text, end } = await answerTo(testCaller(), { baseUrl: server.origin, timeoutMs: 600 })
  expect({ text, end }).toEqual({ text: 'At last', end: stop })
})

test('an answer without end is ended by the whole deadline', async () => {
  const server = await startRawServer((_, response) => {
    beginStream(response)
    const timer = setInterval(() => response.write(pieces('more ')), 20)
    response.once('close', () => clearInterval(timer))
  })
  const { text, end } = await answerTo(testCaller({ wholeMs: 400 }), { baseUrl: server.origin })
  expect(text).toMatch(/^more /)
  expect(end).toMatchObject({
    kind: 'end',
    ending: 'interrupted',
    detail: expect.stringContaining('the answer was not complete for 0.4 s'),
  })
})

test('an address where nobody listens is tried three times and named', async () => {
  const origin = await deadOrigin()
  const caller = testCaller()
  expect((await answerTo(caller, { baseUrl: origin })).end).toMatchObject(
    failure('unreachable', /refused.*Check the network/),
  )
  expect(caller.waits).toEqual([500, 1000])
})

test('a call that is to be made once is made once', async () => {
  const origin = await deadOrigin()
  const caller = testCaller()
  for await (const event of caller.ask({ ...askOf({ baseUrl: origin }), attempts: 1 }))
    expect(event).toMatchObject(failure('unreachable'))
  expect(caller.waits).toEqual([])
})

test('the wait that the provider asks for is honoured', async () => {
  const server = await startRawServer((_, response) => {
    if (server.requests.length === 1) return response.writeHead(429, { 'retry-after': '7' }).end('{}')
    beginStream(response, 'Hi')
    return response.end(DONE)
  })
  const caller = testCaller()
  expect(await answerTo(caller, { baseUrl: server.origin })).toMatchObject({ text: 'Hi', end: stop })
  expect(caller.waits).toEqual([7000])
})

test('a provider that asks to wait longer than there is patience for is not asked again', async () => {
  const server = await startRawServer((_, response) => response.writeHead(429, { 'retry-after': '7' }).end('{}'))
  const caller = testCaller()
  for await (const event of caller.ask({ ...askOf({ baseUrl: server.origin }), patienceMs: 6_999 }))
    expect(event).toMatchObject(failure('rate_limited'))
  expect([server.requests.length, caller.waits]).toEqual([1, []])
})

test('a provider that asks for more patience than there is is asked once, and the failure says for how long', async () => {
  const server = await startRawServer((_, response) => response.writeHead(429, { 'retry-after': '7200' }).end('{}'))
  const caller = testCaller()
  const { end } = await answerTo(caller, { baseUrl: server.origin })
  expect(end).toMatchObject(failure('rate_limited', /Try again in 2 hours\.$/))
  expect(end).toMatchObject({ failure: { retryAfterMs: 7_200_000 } })
  expect([server.requests.length, caller.waits]).toEqual([1, []])
})

test('cancelling ends a wait before a retry', async () => {
  const server = await startRawServer((_, response) => response.writeHead(429, { 'retry-after': '60' }).end('{}'))
  const cancel = new AbortController()
  const log = { info: () => {}, warn: () => cancel.abort() }
  const caller = testCaller({ log, sleep: (ms, signal) => new Wake().sleep(signal, ms) })
  expect((await answerTo(caller, { baseUrl: server.origin, signal: cancel.signal })).end).toEqual({
    kind: 'end',
    ending: 'cancelled',
  })
  expect(server.requests).toHaveLength(1)
})

test('a question that is already cancelled is not sent', async () => {
  const server = await startRawServer((_, response) => response.end())
  const { end } = await answerTo(testCaller(), { baseUrl: server.origin, signal: AbortSignal.abort() })
  expect(end).toEqual({ kind: 'end', ending: 'cancelled' })
  expect(server.requests).toEqual([])
})

test('nothing is told after a cancellation, even if it has arrived', async () => {
  const server = await startRawServer((_, response) => {
    beginStream(response, 'one ', 'two ', 'three ')
    response.end(DONE)
  })
  const cancel = new AbortController()
  const { text, end } = await answerTo(testCaller(), { baseUrl: server.origin, signal: cancel.signal }, event => {
    if (event.kind === 'text') cancel.abort()
  })
  expect({ text, end }).toEqual({ text: 'one ', end: { kind: 'end', ending: 'cancelled' } })
})

test('a page instead of a stream is named as what it is', async () => {
  const server = await startRawServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  )
  expect((await answerTo(testCaller(), { baseUrl: server.origin })).end).toMatchObject(
    failure('broken_answer', /not text\/html/),
  )
})

test('an answer that breaks off before any text is asked for again', async () => {
  const server = await startRawServer((_, response) => {
    beginStream(response)
    if (server.requests.length > 1) response.write(pieces('Hi'))
    response.end(server.requests.length > 1 ? DONE : '')
  })
  expect(await answerTo(testCaller(), { baseUrl: server.origin })).toMatchObject({ text: 'Hi', end: stop })
  expect(server.requests).toHaveLength(2)
})

test('what arrived right before the connection broke is kept', async () => {
  const server = await startRawServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(pieces('Hi'), () => response.destroy())
  })
  const { text, end } = await answerTo(testCaller(), { baseUrl: server.origin })
  expect({ text, end }).toMatchObject({ text: 'Hi', end: { kind: 'end', ending: 'interrupted' } })
})

test('an endless error is read only to its beginning', async () => {
  const server = await startRawServer((_, response) => {
    response.writeHead(400, { 'content-type': 'text/plain' })
    const fill = () => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    }
    response.on('drain', fill)
    fill()
  })
  expect((await answerTo(testCaller(), { baseUrl: server.origin })).end).toMatchObject(
    failure('bad_request', /status 400/),
  )
})

test('a connection is used again after a whole answer', async () => {
  const server = await startRawServer((_, response) => {
    beginStream(response, 'x'.repeat(200_000))
    response.end(DONE)
  })
  const caller = testCaller()
  for (const _ of [1, 2, 3]) {
    await answerTo(caller, { baseUrl: server.origin })
    await setImmediate() // undici frees the connection in its next turn
  }
  expect(server.requests.map(({ connection }) => connection)).toEqual([0, 0, 0])
})

test('a connection that stays open after the whole answer is closed', async () => {
  let closed: Promise<unknown> | undefined
  const server = await startRawServer((_, response) => {
    beginStream(response, 'Hi')
    response.write(DONE)
    closed = once(response, 'close')
  })
  expect((await answerTo(testCaller(), { baseUrl: server.origin })).end).toEqual(stop)
  await closed
})

test('connections send at once what is written, without waiting for more', async () => {
  const delays = vi.spyOn(Socket.prototype, 'setNoDelay')
  onTestFinished(() => delays.mockRestore())
  const server = await startRawServer((_, response) => {
    beginStream(response, 'Hi')
    response.end(DONE)
  })
  await answerTo(testCaller(), { baseUrl: server.origin })
  expect(delays.mock.calls).toContainEqual([true])
})

test('closing the caller ends running answers', async () => {
  const server = await startRawServer((_, response) => beginStream(response, 'Hi'))
  const caller = testCaller()
  const { text, end } = await answerTo(caller, { baseUrl: server.origin }, () => void caller.close())
  expect({ text, end }).toEqual({
    text: 'Hi',
    end: { kind: 'end', ending: 'interrupted', detail: 'The proxy was stopped before the answer was whole.' },
  })
})
