/** Refusals in Anthropic's words. Source: the errors guide of the Messages API and the API's own answers. */
import type Anthropic from '@anthropic-ai/sdk'
import type { Issue } from '../issue.ts'
import type { Fault, FaultFacts, Refusal } from '../wire.ts'

type Type = Anthropic.ErrorType | 'request_too_large'
type More = { readonly headers?: Record<string, string>; readonly errorCode?: string }

export function refusal(status: number, type: Type, message: string, { headers = {}, errorCode }: More = {}): Refusal {
  const error = { type, message, ...(errorCode !== undefined && { details: { error_code: errorCode } }) }
  return {
    status,
    headers: { 'request-id': 'req_demo', ...headers },
    body: { type: 'error', error, request_id: 'req_demo' },
  }
}

export const invalid = (message: string): Refusal => refusal(400, 'invalid_request_error', message)

export const refuseKey = (given: string | undefined): Refusal =>
  refusal(401, 'authentication_error', given === undefined ? 'x-api-key header is required' : 'invalid x-api-key')

export const refuseGarbage = (): Refusal =>
  invalid('The request body is not valid JSON: expected value at line 1 column 1')

export function refuseIssue({ problem, path, expected }: Issue): Refusal {
  const field = path.join('.')
  switch (problem) {
    case 'unknown':
      return invalid(`${field}: Extra inputs are not permitted`)
    case 'missing':
      return invalid(`${field}: Field required`)
    case 'type':
      return invalid(`${field}: Input should be a valid ${expected === 'int' ? 'integer' : expected}`)
    case 'value':
      return invalid(`${field}: ${expected}`)
    default:
      return problem satisfies never
  }
}

export const refuseModel = (model: string): Refusal => refusal(404, 'not_found_error', `model: ${model}`)

export function fault(kind: Fault, { model, waitMs = 1000 }: FaultFacts): Refusal | undefined {
  switch (kind) {
    case 'rate-limited':
      return refusal(
        429,
        'rate_limit_error',
        'This request would exceed your organization’s rate limit of 5 requests per minute.',
        {
          headers: { 'retry-after': String(Math.ceil(waitMs / 1000)), 'anthropic-ratelimit-requests-remaining': '0' },
        },
      )
    case 'no-credit':
      return refusal(429, 'rate_limit_error', 'You have reached your specified API usage limits.', {
        errorCode: 'enforced_spend_limit_reached',
      })
    case 'server-error':
      return refusal(500, 'api_error', 'Internal server error')
    case 'overloaded':
      return refusal(529, 'overloaded_error', 'Overloaded')
    case 'wrong-key':
      return refuseKey('wrong')
    case 'bad-request':
      return invalid('messages: demonstration of a refused request')
    case 'no-billing':
      return refusal(402, 'billing_error', 'There is a problem with your billing or payment information.')
    case 'not-permitted':
      return refusal(403, 'permission_error', 'Your API key does not have permission to use the specified resource.')
    case 'unknown-model':
      return refuseModel(model)
    case 'too-long':
      return invalid('prompt is too long: 200001 tokens > 200000 maximum')
    case 'too-large':
      return refusal(413, 'request_too_large', 'Request exceeds the maximum allowed number of bytes.')
    case 'timeout':
      return refusal(504, 'timeout_error', 'The request timed out.')
    case 'bad-field':
      return undefined
    default:
      return kind satisfies never
  }
}
