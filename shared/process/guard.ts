/**
 * Who may ask a process that listens on loopback: only requests that name it exactly (against DNS rebinding) and that
 * no page of another origin caused (against drive-by requests from a browser on the same machine). Judged on the raw
 * request, before any routing: it costs each request a few comparisons.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIPv4 } from 'node:net'
import { OverlayError, TooLargeError } from '../protocol/errors.ts'
import { mediaTypeOf } from '../protocol/media-type.ts'

export const LOOPBACK = '127.0.0.1'

/** Whether only programs of this machine reach a host: 127.0.0.0/8, all of which is loopback (RFC 1122, 3.2.1.3). */
export const isLoopback = (host: string): boolean => isIPv4(host) && host.startsWith('127.')

/** Why another host is refused, wherever somebody names one. */
export const BEYOND_LOOPBACK = 'is beyond this machine, which is refused as long as members cannot prove who they are'

export type Listener = { readonly host: string; readonly port: number }

/** Largest body of any call, in bytes: a batch between proxies, with room for JSON's escapes. */
export const BODY_BYTES = 4 * 1024 * 1024

/** Everything a page may load comes from the process that serves it. */
const SECURITY_HEADERS = [
  [
    'content-security-policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
] as const

class WrongHostError extends OverlayError {
  readonly code = 'wrong_host'
  readonly status = 421
}

class ForeignOriginError extends OverlayError {
  readonly code = 'foreign_origin'
  readonly status = 403
}

class WrongMediaTypeError extends OverlayError {
  readonly code = 'wrong_media_type'
  readonly status = 415
}

/** For every answer, whatever it is. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value)
}

/** Answers instead of the app. Whoever meant another server is not heard any further. */
export function refuse(response: ServerResponse, problem: OverlayError): void {
  if (problem instanceof WrongHostError) response.setHeader('connection', 'close')
  response.writeHead(problem.status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(problem.toBody()))
}

type Asked = Pick<IncomingMessage, 'headers' | 'method' | 'rawHeaders' | 'url'>

/** Why a request to a server must not be answered; undefined when it may pass. */
export function refusal(request: Asked, listener: Listener): OverlayError | undefined {
  return hostProblem(request, listener) ?? originProblem(request) ?? bodyProblem(request)
}

/** Against DNS rebinding: why a request may not have meant this server. */
export function hostProblem(
  { rawHeaders, url }: Pick<IncomingMessage, 'rawHeaders' | 'url'>,
  { host, port }: Listener,
): OverlayError | undefined {
  if (!url?.startsWith('/'))
    return new WrongHostError('Cannot answer: the request line must hold a path, not a whole address.')
  const hosts = rawHeaders.filter((_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === 'host')
  const names = host === LOOPBACK ? [host, 'localhost', '[::1]'] : [host]
  // Clients leave out the port that is HTTP's own (RFC 9110, 7.2).
  const allowed = names.flatMap(name => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))
  if (hosts.length === 1 && hosts[0] && allowed.includes(hosts[0].toLowerCase())) return undefined
  return new WrongHostError(
    `Cannot answer: the Host header must be ${allowed.length > 1 ? 'one of ' : ''}${allowed.join(', ')}.`,
  )
}

/**
 * A request without Origin and Sec-Fetch-Site comes from a program, not from a page. From anywhere a link may be followed to
 * the page itself, in a tab of its own: not into a frame, and to nothing else.
 */
function originProblem({ headers, method, url }: Asked): OverlayError | undefined {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const isDocument = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  const follows = method === 'GET' && isDocument && /^\/(?:\?|$)/.test(url ?? '')
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase())
    return new ForeignOriginError(`Cannot answer: a page of ${origin} asks.`)
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !follows)
    return new ForeignOriginError(`Cannot answer: a ${site} page asks.`)
  return undefined
}

/** A body must be plain JSON. One that announces its length is judged by that; one that does not is counted as it comes. */
function bodyProblem({ headers }: Asked): OverlayError | undefined {
  const length = headers['content-length']
  if ((length === undefined || length === '0') && headers['transfer-encoding'] === undefined) return undefined
  const media = mediaTypeOf(headers['content-type'])
  if (media !== 'application/json')
    return new WrongMediaTypeError(
      `Cannot read the body: its content type is ${media ?? 'missing'}; send application/json.`,
    )
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity')
    return new WrongMediaTypeError(`Cannot read the body: its content encoding is ${encoding}; send it uncompressed.`)
  if (Number(length ?? 0) > BODY_BYTES)
    return new TooLargeError('The body', { bytes: Number(length), limit: BODY_BYTES })
  return undefined
}
