/** Refusals in Mistral's words, in the shapes it uses for them. Source: the API reference and the API's own answers. */
import type { Issue } from '../issue.ts'
import type { Fault, FaultFacts, Refusal } from '../wire.ts'

type Facts = { readonly type?: string; readonly code?: string | null; readonly headers?: Record<string, string> }

export function refusal(
  status: number,
  message: string,
  { type = 'invalid_request_error', code = null, headers = {} }: Facts = {},
): Refusal {
  return { status, headers, body: { object: 'error', message, type, param: null, code } }
}

export const refuseKey = (): Refusal => ({ status: 401, body: { detail: 'Unauthorized' } })

export const refuseGarbage = (): Refusal => ({
  status: 422,
  body: { detail: [{ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} }] },
})

/** A refused field, as the framework behind the API tells it. */
export function refuseIssue({ problem, path, expected, input }: Issue): Refusal {
  const detail = (type: string, msg: string): Refusal => ({
    status: 422,
    body: { detail: [{ type, loc: ['body', ...path], msg, input }] },
  })
  switch (problem) {
    case 'unknown':
      return detail('extra_forbidden', 'Extra inputs are not permitted')
    case 'missing':
      return detail('missing', 'Field required')
    case 'type':
      return detail(`${expected}_type`, `Input should be a valid ${expected}`)
    case 'value':
      return detail('value_error', expected)
    default:
      return problem satisfies never
  }
}

export const refuseModel = (model: string): Refusal =>
  refusal(400, `Invalid model: ${model}`, { type: 'invalid_model', code: '1500' })

export const refuseOrder = (message: string): Refusal =>
  refusal(400, message, { type: 'invalid_request_message_order', code: '3230' })

export const SERVER_ERROR = refusal(500, 'Internal server error', { type: 'internal_server_error', code: '3000' })

export function fault(kind: Fault, { model, waitMs = 1000 }: FaultFacts): Refusal | undefined {
  switch (kind) {
    case 'rate-limited':
      return refusal(429, 'Rate limit exceeded', {
        type: 'rate_limited',
        code: '1300',
        headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) },
      })
    case 'no-credit':
    case 'no-billing':
      return refusal(402, 'Your subscription has no credit left.', { type: 'payment_required' })
    case 'server-error':
      return SERVER_ERROR
    case 'overloaded':
      return refusal(503, 'Service unavailable.', { type: 'internal_server_error', code: '3000' })
    case 'wrong-key':
      return refuseKey()
    case 'bad-request':
      return refusal(400, 'Demonstration of a refused request', { code: '3000' })
    case 'bad-field':
      return refuseIssue({ problem: 'missing', path: ['messages', 0, 'content'], expected: '', input: {} })
    case 'not-permitted':
      return refusal(403, 'You do not have permission to access this resource.', { type: 'forbidden' })
    case 'unknown-model':
      return refuseModel(model)
    case 'too-long':
      return refusal(400, 'Prompt contains 32769 tokens, too large for model with 32768 maximum context length', {
        type: 'invalid_request_prompt',
        code: '3051',
      })
    case 'too-large':
    case 'timeout':
      return undefined
    default:
      return kind satisfies never
  }
}
