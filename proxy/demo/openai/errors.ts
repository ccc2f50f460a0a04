/** Refusals in OpenAI's words. Source: the error code guide and the API's own answers. */
import type { Issue } from '../issue.ts'
import { typeName } from '../issue.ts'
import type { Fault, FaultFacts, Refusal } from '../wire.ts'

type Facts = { readonly type?: string; readonly param?: string | null; readonly code?: string | null }

export function refusal(
  status: number,
  message: string,
  facts: Facts = {},
  headers: Record<string, string> = {},
): Refusal {
  const { type = 'invalid_request_error', param = null, code = null } = facts
  return { status, headers, body: { error: { message, type, param, code } } }
}

export function refuseKey(given: string | undefined): Refusal {
  const how = 'in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)'
  if (given === undefined)
    return refusal(401, `You didn't provide an API key. You need to provide your API key ${how}.`)
  const masked = given.length > 12 ? `${given.slice(0, 8)}${'*'.repeat(given.length - 12)}${given.slice(-4)}` : given
  const where = 'You can find your API key at https://platform.openai.com/account/api-keys.'
  return refusal(401, `Incorrect API key provided: ${masked}. ${where}`, { code: 'invalid_api_key' })
}

export const refuseGarbage = (): Refusal =>
  refusal(
    400,
    'We could not parse the JSON body of your request. (HINT: This likely means you aren’t using your HTTP library correctly.)',
  )

export function refuseIssue({ problem, path, expected, input }: Issue): Refusal {
  const param = path.reduce<string>(
    (name, part) =>
      (typeof part === 'number' ? `${name}[${part}]` : name && `${name}.`) + (typeof part === 'number' ? '' : part),
    '',
  )
  switch (problem) {
    case 'unknown':
      return refusal(400, `Unknown parameter: '${param}'.`, { param, code: 'unknown_parameter' })
    case 'missing':
      return refusal(400, `Missing required parameter: '${param}'.`, { param, code: 'missing_required_parameter' })
    case 'type':
      return refusal(400, `Invalid type for '${param}': expected ${expected}, but got ${typeName(input)} instead.`, {
        param,
        code: 'invalid_type',
      })
    case 'value':
      return refusal(400, `Invalid value for '${param}': ${expected}.`, { param, code: 'invalid_value' })
    default:
      return problem satisfies never
  }
}

export const refuseModel = (model: string): Refusal =>
  refusal(404, `The model \`${model}\` does not exist or you do not have access to it.`, { code: 'model_not_found' })

export const refuseParameter = (param: string, instead = ''): Refusal =>
  refusal(400, `Unsupported parameter: '${param}' is not supported with this model.${instead}`, {
    param,
    code: 'unsupported_parameter',
  })

export const refuseValue = (param: string, value: unknown): Refusal =>
  refusal(
    400,
    `Unsupported value: '${param}' does not support ${value} with this model. Only the default (1) value is supported.`,
    {
      param,
      code: 'unsupported_value',
    },
  )

/** vLLM, as a server that speaks this format, refuses a field so: bare, and in the words of its language. */
export const refuseAsVllm = (where: string, said: string): Refusal => ({
  status: 400,
  body: {
    object: 'error',
    message: `[{'type': 'extra_forbidden', 'loc': ${where}, 'msg': '${said}'}]`,
    type: 'BadRequestError',
    param: null,
    code: 400,
  },
})

const SORRY = 'The server had an error while processing your request. Sorry about that!'

export function fault(kind: Fault, { model, waitMs = 900 }: FaultFacts): Refusal | undefined {
  switch (kind) {
    case 'rate-limited':
      return refusal(
        429,
        `Rate limit reached for ${model} in organization org-demo on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in ${Math.ceil(waitMs / 1000)}s.`,
        { type: 'requests', code: 'rate_limit_exceeded' },
        { 'retry-after': String(Math.ceil(waitMs / 1000)), 'retry-after-ms': String(waitMs) },
      )
    case 'no-credit':
      return refusal(429, 'You exceeded your current quota, please check your plan and billing details.', {
        type: 'insufficient_quota',
        code: 'insufficient_quota',
      })
    case 'server-error':
      return refusal(500, SORRY, { type: 'server_error' })
    case 'overloaded':
      return refusal(503, 'The engine is currently overloaded, please try again later.', {
        type: 'server_error',
        code: 'overloaded',
      })
    case 'wrong-key':
      return refuseKey('sk-proj-demonstration-of-a-wrong-key')
    case 'bad-request':
      return refusal(400, "Invalid 'messages': demonstration of a refused request.", { param: 'messages' })
    case 'not-permitted':
      return refusal(403, 'Country, region, or territory not supported', {
        type: 'request_forbidden',
        code: 'unsupported_country_region_territory',
      })
    case 'unknown-model':
      return refuseModel(model)
    case 'too-long':
      return refusal(
        400,
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 128001 tokens. Please reduce the length of the messages.",
        { param: 'messages', code: 'context_length_exceeded' },
      )
    case 'bad-field':
    case 'no-billing':
    case 'too-large':
    case 'timeout':
      return undefined
    default:
      return kind satisfies never
  }
}

export const STREAM_ERROR = { error: { message: SORRY, type: 'server_error', param: null, code: null } }
