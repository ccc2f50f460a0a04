/** Serves a Hono app on loopback: bounded headers, requests and connections, Host checked before routing. */
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { BEYOND_LOOPBACK, isLoopback, LOOPBACK, refusal, refuse, setSecurityHeaders } from './guard.ts'
import { listenProblem } from './listen-problem.ts'
import { StartError } from './start-error.ts'

export type Address = {
  readonly process: string
  readonly host?: string
  /** 0 takes any free port. */
  readonly port: number
  /** Most connections at a time; more are closed at once. */
  readonly connections?: number
}

const CONNECTIONS = 2_000

/** An open port, until it is disposed. */
export type Serving = AsyncDisposable & { readonly port: number }

/**
 * Resolves once the port is open.
 * @throws {StartError} for an address beyond loopback, or one that cannot be had
 */
export async function serveApp(app: Hono, address: Address): Promise<Serving> {
  const { host = LOOPBACK, connections = CONNECTIONS, process } = address
  if (!isLoopback(host))
    throw new StartError(`Cannot serve ${process} on ${host}: it ${BEYOND_LOOPBACK}. Use ${LOOPBACK}.`)
  let { port } = address
  const answer = getRequestListener(app.fetch)
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 60_000,
    noDelay: true,
  }
  const server = createServer(limits, (request, response) => {
    setSecurityHeaders(response)
    const problem = refusal(request, { host, port })
    if (problem === undefined) void answer(request, response)
    else refuse(response, problem)
  })
  server.maxConnections = connections
  port = await listen(server, { host, port, process })
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** @returns the port that was opened */
const listen = (server: Server, place: Required<Omit<Address, 'connections'>>): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', error => reject(listenProblem(error, place)))
    server.listen(place.port, place.host, () => {
      const bound = server.address()
      resolve(bound !== null && typeof bound === 'object' ? bound.port : place.port)
    })
  })
