/**
 * Who may ask a process that listens on loopback: only requests that name it exactly (against DNS rebinding) and that
 * no page of another origin caused (against drive-by requests from a browser on the same machine).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MiddlewareHandler } from 'hono'
import { type ErrorBody, OverlayError } from '../protocol/errors.ts'

export const LOOPBACK = '127.0.0.1'

/** Everything a page may load comes from the process that serves it. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

class ForeignOriginError extends OverlayError {
  readonly code = 'foreign_origin'
  readonly status = 403
}

class WrongMediaTypeError extends OverlayError {
  readonly code = 'wrong_media_type'
  readonly status = 415
}

/** The sentence that refuses a request by its raw Host header, before any routing; undefined when it may pass. */
export function hostProblem(request: IncomingMessage, port: number): string | undefined {
  const hosts = request.rawHeaders.filter(
    (_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === 'host',
  )
  const allowed = [`${LOOPBACK}:${port}`, `localhost:${port}`, `[::1]:${port}`]
  if (!request.url?.startsWith('/')) return 'the request line must hold a path, not a whole address'
  if (hosts.length !== 1 || !hosts[0] || !allowed.includes(hosts[0].toLowerCase()))
    return `the Host header must be one of ${allowed.join(', ')}`
  return undefined
}

export function refuseHost(response: ServerResponse, problem: string): void {
  const body: ErrorBody = { error: { code: 'wrong_host', message: `Cannot answer: ${problem}.` } }
  response.writeHead(421, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body))
}

/**
 * Refuses what another origin's page caused, and bodies that are not plain JSON. A request without Origin and
 * Sec-Fetch-Site comes from a program, not from a page. Following a link to a page is allowed from anywhere.
 */
export const guardOrigin: MiddlewareHandler = async (c, next) => {
  const { origin, host } = { origin: c.req.header('origin'), host: c.req.header('host') }
  const site = c.req.header('sec-fetch-site')
  const follows = c.req.method === 'GET' && c.req.header('sec-fetch-mode') === 'navigate'
  if (origin !== undefined && origin !== `http://${host}`)
    throw new ForeignOriginError(`Cannot answer: a page of ${origin} asks.`)
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !follows)
    throw new ForeignOriginError(`Cannot answer: a ${site} page asks.`)
  const hasBody = c.req.header('content-length') !== undefined || c.req.header('transfer-encoding') !== undefined
  if (hasBody && c.req.header('content-length') !== '0')
    requireJson(c.req.header('content-type'), c.req.header('content-encoding'))
  await next()
}

function requireJson(type: string | undefined, encoding: string | undefined): void {
  const media = type?.split(';')[0]?.trim().toLowerCase()
  if (media !== 'application/json')
    throw new WrongMediaTypeError(
      `Cannot read the body: its content type is ${media ?? 'missing'}; send application/json.`,
    )
  if (encoding !== undefined)
    throw new WrongMediaTypeError(`Cannot read the body: its content encoding is ${encoding}; send it uncompressed.`)
}

/** Set before the answer is made: a header added to a finished answer makes Hono build it a second time. */
export const securityHeaders: MiddlewareHandler = (c, next) => {
  c.header('content-security-policy', CONTENT_SECURITY_POLICY)
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'no-referrer')
  c.header('cross-origin-resource-policy', 'same-origin')
  c.header('cross-origin-opener-policy', 'same-origin')
  return next()
}
