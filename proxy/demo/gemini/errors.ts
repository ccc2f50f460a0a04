/** Refusals in Gemini's words: a `google.rpc.Status` with details. Source: the troubleshooting guide and the API's own answers. */
import type { Issue } from '../issue.ts'
import { typeName } from '../issue.ts'
import type { Fault, FaultFacts, Refusal } from '../wire.ts'

const STATUS = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
} as const

const type = (name: string) => `type.googleapis.com/google.rpc.${name}`

export function refusal(code: keyof typeof STATUS, message: string, details: readonly object[] = []): Refusal {
  return {
    status: code,
    body: { error: { code, message, status: STATUS[code], ...(details.length > 0 && { details }) } },
  }
}

export function refuseKey(given: string | undefined): Refusal {
  const who = 'Please use API Key or other form of API consumer identity to call this API.'
  if (given === undefined)
    return refusal(403, `Method doesn't allow unregistered callers (callers without established identity). ${who}`)
  const metadata = { service: 'generativelanguage.googleapis.com' }
  return refusal(400, 'API key not valid. Please pass a valid API key.', [
    { '@type': type('ErrorInfo'), reason: 'API_KEY_INVALID', domain: 'googleapis.com', metadata },
  ])
}

export const refuseGarbage = (): Refusal => refusal(400, 'Invalid JSON payload received. Unexpected token.')

export function refuseIssue({ problem, path, expected, input }: Issue): Refusal {
  const field = path.join('.')
  switch (problem) {
    case 'unknown':
      return refusal(400, `Invalid JSON payload received. Unknown name "${path.at(-1)}": Cannot find field.`)
    case 'missing':
      return refusal(400, `* GenerateContentRequest.${field}: ${field} is not specified`)
    case 'type':
      return refusal(400, `Invalid value at '${field}' (expected ${expected}), ${typeName(input)}`)
    case 'value':
      return refusal(400, `* GenerateContentRequest.${field}: ${expected}`)
    default:
      return problem satisfies never
  }
}

export const refuseModel = (model: string): Refusal =>
  refusal(
    404,
    `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
  )

export const OVERLOADED = refusal(503, 'The model is overloaded. Please try again later.')

export function fault(kind: Fault, { model, waitMs = 900 }: FaultFacts): Refusal | undefined {
  switch (kind) {
    case 'rate-limited':
      return refusal(429, `${QUOTA} Please retry in ${waitMs}ms.`, [
        quotaFailure('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
        { '@type': type('RetryInfo'), retryDelay: `${waitMs / 1000}s` },
      ])
    case 'no-credit':
      return refusal(429, QUOTA, [
        quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
        { '@type': type('RetryInfo'), retryDelay: '34.4s' },
      ])
    case 'server-error':
      return refusal(
        500,
        'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
      )
    case 'overloaded':
      return OVERLOADED
    case 'wrong-key':
      return refuseKey('wrong')
    case 'bad-request':
      return refusal(400, '* GenerateContentRequest.contents: demonstration of a refused request')
    case 'not-permitted':
      return refusal(403, 'Your API key was reported as leaked. Please use another API key.')
    case 'unknown-model':
      return refuseModel(model)
    case 'too-long':
      return refusal(400, 'The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).')
    case 'timeout':
      return refusal(504, 'Deadline expired before operation could complete.')
    case 'bad-field':
    case 'no-billing':
    case 'too-large':
      return undefined
    default:
      return kind satisfies never
  }
}

const QUOTA = 'You exceeded your current quota, please check your plan and billing details.'

function quotaFailure(quotaId: string): object {
  const quotaMetric = 'generativelanguage.googleapis.com/generate_content_free_tier_requests'
  return { '@type': type('QuotaFailure'), violations: [{ quotaMetric, quotaId, quotaValue: '20' }] }
}
