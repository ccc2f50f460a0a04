/** What it means when there is no answer at all, or when the connection breaks during it. */

import { errorCode, errorText } from '../../shared/protocol/errors.ts'
import { own } from '../../shared/protocol/names.ts'
import { DeadlineError } from './deadline.ts'
import { OversizedEventError } from './event-stream.ts'
import { describeFailure } from './failure.ts'
import type { Failure } from './provider.ts'
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
  UND_ERR_SOCKET: 'the other side closed it',
  ECONNRESET: 'the other side closed it',
  EPIPE: 'the other side closed it',
}
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/

/** In words, why nobody was reached; undefined where the code says something else. */
export const notReached = (code: string | undefined): string | undefined => own(NOT_REACHED, code ?? '')

/** What stopped a call whose signal aborted: a deadline, or whoever asked. */
export function abortFailure(reason: unknown): Failure {
  if (reason instanceof DeadlineError) return describeFailure('timeout', { said: reason.message })
  return describeFailure('truncated', { said: 'the call was cancelled', retryable: false })
}

/**
 * The failure behind an error of the connection. Any other error is a bug and is thrown again.
 * @param origin where the call went, such as `https://api.example.com`
 */
export function connectionFailure(error: unknown, origin: string): Failure {
  if (error instanceof OversizedEventError) return describeFailure('broken_answer', { said: error.message })
  if (error instanceof WebProxyError)
    return describeFailure('unreachable', { said: `${origin}: ${error.message}`, retryable: error.retryable })
  const code = errorCode(error)
  if (code === undefined) throw error
  const reason = notReached(code)
  if (reason !== undefined) return describeFailure('unreachable', { said: `${origin}: ${reason}` })
  if (CERTIFICATE.test(code)) {
    return describeFailure('unreachable', { said: `${origin}: no secure connection, ${code}`, retryable: false })
  }
  if (code === 'UND_ERR_INVALID_ARG') return describeFailure('bad_request', { said: errorText(error) })
  return describeFailure('truncated', { said: `${origin}: ${BROKEN[code] ?? code}` })
}
