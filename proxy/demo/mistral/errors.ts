/** Refusals in Mistral's words, in the shapes it uses for them. Source: the API reference and the API's own answers. */
import type { Issue } from '../issue.ts'
import type { Fault, Refusal } from '../wire.ts'

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

export function fault(kind: Fault): Refusal {
  switch (kind) {
    case 'rate-limited':
      return refusal(429, 'Rate limit exceeded', {
        type: 'rate_limited',
        code: '1300',
        headers: { 'retry-after': '1' },
      })
    case 'no-credit':
      return refusal(402, 'Your subscription has no credit left.', { type: 'payment_required' })
    case 'server-error':
      return refusal(500, 'Internal server error', { type: 'internal_server_error', code: '3000' })
    case 'overloaded':
      return refusal(503, 'Service unavailable.', { type: 'internal_server_error', code: '3000' })
    case 'wrong-key':
      return refuseKey()
    default:
      return kind satisfies never
  }
}
