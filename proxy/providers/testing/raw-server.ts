/** A server of a few lines that behaves as a test needs it. */
import { once } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { connect, createServer as createTcpServer, type Server } from 'node:net'
import { onTestFinished } from 'vitest'

export type RawServer = {
  readonly origin: string
  /** The requests that came, with the number of the connection they came on. */
  readonly requests: readonly { readonly request: IncomingMessage; readonly connection: number }[]
}

/** Listens on a free port until the test ends. */
export async function startRawServer(listener: RequestListener): Promise<RawServer> {
  const requests: { request: IncomingMessage; connection: number }[] = []
  const sockets: unknown[] = []
  const server = createServer((request, response) => {
    requests.push({ request, connection: sockets.indexOf(request.socket) })
    listener(request, response)
  })
  server.on('connection', socket => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { origin: `http://127.0.0.1:${portOf(server)}`, requests }
}

/**
 * An origin where nobody listens until the test ends: its port is held by the near end of a connection, so that no other
 * test is given it to listen on.
 */
export async function deadOrigin(): Promise<string> {
  const server = createTcpServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const holder = connect({ port: portOf(server), host: '127.0.0.1' })
  onTestFinished(() => {
    holder.destroy()
    server.close()
  })
  await once(holder, 'connect')
  return `http://127.0.0.1:${holder.localPort}`
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** Begins a stream of events, with pieces as OpenAI frames them. */
export function beginStream(response: ServerResponse, ...texts: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(pieces(...texts))
}

export const pieces = (...texts: readonly string[]): string =>
  texts.map(content => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`).join('') || ':\n\n'

export const DONE = 'data: [DONE]\n\n'
