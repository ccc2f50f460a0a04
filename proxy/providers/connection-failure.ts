/** What it means when there is no answer at all, or when the connection breaks during it. */

import { errorCode, errorText } from '../../shared/protocol/errors.ts'
import { own } from '../../shared/protocol/names.ts'
import { OversizedAnswerError } from './answer-bytes.ts'
import { UndecodableError } from './content-encoding.ts'
import { DeadlineError } from './deadline.ts'
import { ForeignStreamError } from './event-stream.ts'
import { describeFailure } from './failure.ts'
import type { Failure } from './provider.ts'
import { PrivateAddressError } from './public-lookup.ts'
import { UpstreamError } from './upstream-error.ts'
import { WebProxyError } from './web-proxy.ts'

const NOT_REACHED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host could not be looked up',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
}
const BROKEN: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'its compressed answer has no end',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'it sent another length than it had named',
  UND_ERR_SOCKET: 'the other side closed it',
  ECONNRESET: 'the other side closed it',
  EPIPE: 'the other side closed it',
}
const CERTIFICATE = /CERT|CRL|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/
const UNREADABLE = [OversizedAnswerError, ForeignStreamError, UndecodableError]
/** By these zlib says that the bytes are none of its own. */
const UNDECODABLE = /^(Z_DATA_ERROR|Z_NEED_DICT|ERR__ERROR_FORMAT_)/

/** In words, why nobody was reached; undefined where the code says something else. */
export const notReached = (code: string | undefined): string | undefined => own(NOT_REACHED, code ?? '')

/** What stopped a call whose signal aborted: a deadline, or whoever asked. */
export function abortFailure(reason: unknown): Failure {
  if (reason instanceof DeadlineError) return describeFailure('timeout', { said: reason.message })
  return describeFailure('truncated', { said: 'the call was cancelled', retryable: false })
}

/**
 * The failure behind what was thrown while a provider was asked. What did not come from it is a bug and is thrown again.
 * @param origin where the call went, such as `https://api.example.com`
 */
export function connectionFailure(error: unknown, origin: string): Failure {
  if (UNREADABLE.some(unreadable => error instanceof unreadable))
    return describeFailure('broken_answer', { said: errorText(error) })
  if (!(error instanceof UpstreamError)) throw error
  const { cause, within } = error
  if (cause instanceof WebProxyError)
    return describeFailure('unreachable', { said: `${origin}: ${cause.message}`, retryable: cause.retryable })
  if (cause instanceof PrivateAddressError)
    return describeFailure('unreachable', { said: cause.message, retryable: false })
  const code = errorCode(cause) ?? ''
  const reason = notReached(code)
  if (reason !== undefined && !within) return describeFailure('unreachable', { said: `${origin}: ${reason}` })
  if (CERTIFICATE.test(code) && !within)
    return describeFailure('unreachable', { said: `${origin}: no secure connection, ${code}`, retryable: false })
  if (code === 'UND_ERR_INVALID_ARG') return describeFailure('bad_request', { said: error.message })
  if (UNDECODABLE.test(code))
    return describeFailure('broken_answer', { said: `it cannot be decompressed: ${error.message}` })
  const said =
    own(BROKEN, code) ?? (isNoHttp(cause) ? `it sent what is not HTTP: ${error.message}` : error.message || code)
  // What does not even begin as an answer of HTTP will not do so the next time.
  return describeFailure(!within && isNoHttp(cause) ? 'broken_answer' : 'truncated', { said: `${origin}: ${said}` })
}

/** undici's parser names its errors by a code, or by none. */
const isNoHttp = (cause: unknown): boolean =>
  cause instanceof Error && (cause.name === 'HTTPParserError' || errorCode(cause) === 'UND_ERR_HEADERS_OVERFLOW')
