/**
 * Serves a Hono app on loopback: bounded headers, requests and connections, Host checked before routing. What is served on
 * 127.0.0.1 is served on ::1 as well, since `localhost` leads a browser to either: nobody else shall answer there.
 */
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { BEYOND_LOOPBACK, isLoopback, LOOPBACK, refusal, refuse, setSecurityHeaders } from './guard.ts'
import { type ListeningPlace, LOOPBACK_6, lacksAddress, listenProblem } from './listen-problem.ts'
import { Places } from './places.ts'
import { StartError } from './start-error.ts'

export type Address = {
  readonly process: string
  readonly host?: string
  /** 0 takes any free port. */
  readonly port: number
  /** Most connections at a time; beyond them, those that ask for nothing are closed. */
  readonly connections?: number
}

const CONNECTIONS = 2_000
/** A connection over which nothing goes for so long is looked at, in milliseconds. */
const SILENT_MS = 30_000

const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 60_000,
  noDelay: true,
}

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
  const places = new Places(connections)
  const create = () => {
    const server = createServer(LIMITS, (request, response) => {
      setSecurityHeaders(response)
      const unread = places.asked(request, response)
      const problem = refusal(request, { host, port }) ?? unread
      if (problem === undefined) void answer(request, response)
      else refuse(response, problem)
    })
    server.on('connection', socket => places.connected(socket))
    return server.setTimeout(SILENT_MS, socket => places.fellSilent(socket))
  }
  const server = create()
  port = await listen(server, { host, port, process })
  // A port that the system chose is told to nobody who would look for it at localhost.
  const beside = host === LOOPBACK && address.port !== 0 ? create() : undefined
  try {
    if (beside !== undefined) await listen(beside, { host: LOOPBACK_6, port, process })
  } catch (error) {
    await close(server)
    throw error
  }
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([server, ...(beside?.listening ? [beside] : [])].map(close))
    },
  }
}

const close = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** @returns the port that was opened, or would be if the machine had IPv6 */
const listen = (server: Server, place: ListeningPlace): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', error => {
      if (place.host === LOOPBACK_6 && lacksAddress(error)) resolve(place.port)
      else reject(listenProblem(error, place))
    })
    server.listen(place.port, place.host, () => {
      const bound = server.address()
      resolve(bound !== null && typeof bound === 'object' ? bound.port : place.port)
    })
  })
