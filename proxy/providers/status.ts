/** What an HTTP status alone says about a failure, where the body says nothing more exact. */
import type { FailureCode } from './failure.ts'

export function codeOfStatus(status: number): FailureCode {
  switch (status) {
    case 401:
    case 403:
      return 'wrong_key'
    case 402:
      return 'no_credit'
    case 404:
      return 'unknown_model'
    case 413:
      return 'too_long'
    case 429:
      return 'rate_limited'
    case 503:
    case 529:
      return 'overloaded'
    case 501:
    case 505:
      return 'bad_request'
    default:
      return status >= 500 ? 'server_error' : 'bad_request'
  }
}
