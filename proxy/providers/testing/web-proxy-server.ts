/** A web proxy of a few lines: it tunnels what asks with CONNECT, and looks every name up as this machine. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

/** A key and its certificate, for `provider.test` and valid from 2000 to 2099: of no use but for tests. */
export const CERTIFICATE = readFileSync(join(import.meta.dirname, 'provider.test.pem'), 'utf8')

export type WebProxyServer = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** What was asked for, and the header that names who asks. */
  readonly asked: readonly { readonly target: string; readonly authorization: string | undefined }[]
  /** What tunnels carried from the client, as it is on the wire. */
  readonly carried: () => string
  /** Any other request than for a tunnel. */
  readonly others: readonly IncomingMessage[]
}

/** @param answer the status that a request gets in place of a tunnel, or `hang up`, or `silence` */
export async function startWebProxy(
  answer: (authorization: string | undefined) => number | 'hang up' | 'silence' = () => 200,
  { tls = false } = {},
): Promise<WebProxyServer> {
  const asked: { target: string; authorization: string | undefined }[] = []
  const others: IncomingMessage[] = []
  const carried: Buffer[] = []
  const sockets = new Set<Duplex>()
  const server: Server = tls ? createTlsServer({ key: CERTIFICATE, cert: CERTIFICATE }) : createServer()
  server.on('request', (request, response) => {
    others.push(request)
    response.writeHead(400).end()
  })
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    const authorization = request.headers['proxy-authorization']
    const target = request.url ?? ''
    asked.push({ target, authorization })
    client.on('error', () => {})
    const status = answer(authorization)
    if (status === 'silence') return
    if (status === 'hang up') return void client.destroy()
    if (status !== 200) return void client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    const provider = connect(Number(target.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.pipe(provider).pipe(client)
    })
    client.on('data', (chunk: Buffer) => carried.push(chunk))
    sockets.add(provider)
    provider.on('error', () => client.destroy())
    provider.once('close', () => client.destroy())
    client.once('close', () => provider.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    host: `127.0.0.1:${address.port}`,
    asked,
    carried: () => Buffer.concat(carried).toString('latin1'),
    others,
  }
}
