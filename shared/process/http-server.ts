/** Serves a Hono app on loopback: bounded headers, requests and connections, Host checked before routing. */
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { LOOPBACK, refusal, refuse, setSecurityHeaders } from './guard.ts'
import { PortInUseError, StartError } from './start-error.ts'

export type Address = {
  readonly process: string
  readonly host?: string
  /** 0 for any that is free. */
  readonly port: number
  /** Most connections at a time; more are closed at once. */
  readonly connections?: number
}

const CONNECTIONS = 2_000

/** An open port, until it is disposed. */
export type Serving = AsyncDisposable & { readonly port: number }

/**
 * Resolves once the port is open.
 * @throws {StartError} for an address beyond loopback
 * @throws {PortInUseError} when another program has the port
 */
export async function serveApp(app: Hono, address: Address): Promise<Serving> {
  const { host = LOOPBACK, port, connections = CONNECTIONS } = address
  if (host !== LOOPBACK)
    throw new StartError(
      `Cannot serve ${address.process} on ${host}: members cannot prove yet who they are, so only ${LOOPBACK} is allowed.`,
    )
  const answer = getRequestListener(app.fetch)
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 60_000,
    noDelay: true,
  }
  let open = port
  const server = createServer(limits, (request, response) => {
    setSecurityHeaders(response)
    const problem = refusal(request, open)
    if (problem === undefined) void answer(request, response)
    else refuse(response, problem)
  })
  server.maxConnections = connections
  open = await listen(server, { host, port, process: address.process })
  return {
    port: open,
    [Symbol.asyncDispose]: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const listen = (server: Server, { host, port, process }: Required<Omit<Address, 'connections'>>): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', error => {
      reject('code' in error && error.code === 'EADDRINUSE' ? new PortInUseError(port, process) : error)
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
