import { createServer, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { serveApp } from '../shared/process/http-server.ts'
import type { PeerRoute } from '../shared/protocol/route.ts'
import { Heard } from '../test/harness/heard.ts'
import { type Answerer, MemoryNetwork } from '../test/harness/memory-transport.ts'
import { sampleBatch } from '../test/harness/samples.ts'
import { freePort } from '../test/harness/scratch.ts'
import { type Break, describeTransport, type Stage } from '../test/harness/transport-suite.ts'
import { HttpTransport } from './transport.ts'

const at = (port: number): PeerRoute => ({ kind: 'peer', host: '127.0.0.1', port })
const half = '{"acknowledged":1,"refu'

function answerBadly(response: ServerResponse, how: Break): void {
  switch (how) {
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'truncated':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 })
      response.write(half, () => response.socket?.destroy())
      return
    case 'stalled':
      return
    case 'in drops': {
      const dropping = setInterval(() => response.write(' '), 20)
      response.once('close', () => clearInterval(dropping))
      return
    }
    default:
      how satisfies never
  }
}

const sockets: Stage = {
  open: (route, options) => new HttpTransport(route, options),
  nobody: async () => at(await freePort()),
  serve: async app => {
    const port = await freePort()
    const server = await serveApp(app, { process: 'a test', port })
    onTestFinished(() => server[Symbol.asyncDispose]())
    return at(port)
  },
  breaks: async how => {
    const port = await freePort()
    const requests = new Heard<true>()
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        requests.add(true)
        answerBadly(response, how)
      })
    })
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    return { route: at(port), requests }
  },
}

/** Longer in coming than any deadline of these tests, and not for ever. */
function drops(): ReadableStream<Uint8Array> {
  let left = 50
  const pull = async (answer: ReadableStreamDefaultController<Uint8Array>) => {
    await new Promise(resolve => setTimeout(resolve, 20))
    left -= 1
    if (left > 0) answer.enqueue(new Uint8Array([32]))
    else answer.close()
  }
  return new ReadableStream({ pull })
}

const badAnswers: Record<Break, () => Promise<Response>> = {
  reset: () => Promise.reject(new Error('connection reset')),
  truncated: async () => new Response(half),
  stalled: () => new Promise(() => {}),
  'in drops': async () => new Response(drops()),
}

function memory(): Stage {
  const network = new MemoryNetwork()
  let last = 0
  const listen = (app: Answerer) => {
    last += 1
    network.listen(last, app)
    return at(last)
  }
  return {
    open: (route, options) => network.transport(route, options),
    nobody: async () => at(60_000),
    serve: async app => listen(app),
    breaks: async how => {
      const requests = new Heard<true>()
      const request = () => {
        requests.add(true)
        return badAnswers[how]()
      }
      return { route: listen({ request }), requests }
    },
  }
}

describeTransport('transport over HTTP', () => sockets)
const ofMemory = memory()
describeTransport('transport of the tests', () => ofMemory)

test('endless acknowledgement is cut off at its bound, and its connection closed', async () => {
  const closed = new Heard<true>()
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    let left = 64
    const write = () => {
      while (left > 0 && !response.destroyed) {
        left -= 1
        if (!response.write(' '.repeat(1024 * 1024))) return
      }
    }
    response.on('drain', write)
    write()
  })
  server.on('connection', socket => socket.once('close', () => closed.add(true)))
  const port = await freePort()
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const transport = new HttpTransport(() => at(port), { deadlineMs: 20_000 })
  onTestFinished(async () => {
    await transport[Symbol.asyncDispose]()
    server.closeAllConnections()
    server.close()
  })
  const delivery = transport.deliver(sampleBatch('hello'), new AbortController().signal)
  await expect(delivery).rejects.toThrow(`The answer of http://127.0.0.1:${port} is too large`)
  await closed.first(() => true)
})
