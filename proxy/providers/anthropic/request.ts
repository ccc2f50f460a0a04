/** From the neutral question to `POST /messages`. Source: the types of the official `@anthropic-ai/sdk` package. */
import type Anthropic from '@anthropic-ai/sdk'
import type { Secret } from '../../../shared/process/secret.ts'
import type { ApiRoute, Parameters } from '../../../shared/protocol/route.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { leftOutOf, stopsOf, upToOne } from '../parameters.ts'
import type { ProviderRequest, Question } from '../provider.ts'
import { alternatingTurns, systemOf } from '../turns.ts'
import { wellFormed } from '../well-formed.ts'

export type AnthropicRoute = Extract<ApiRoute, { kind: 'anthropic' }>

/** The current types no longer know the sampling parameters, which older models take under the older API version. */
type Sampling = { temperature?: number; top_p?: number }
type Body = Anthropic.MessageCreateParamsStreaming & Sampling

const CURRENT_VERSION = '2026-10-21'
/** The last version that takes `temperature` and `top_p`, on the models that do. */
const SAMPLING_VERSION = '2023-06-01'

/** The API requires a limit; this one is within what every model takes. */
const DEFAULT_MAX_TOKENS = 4096

/** Claude up to 4.6, and other models behind a compatible server, take sampling parameters. */
const takesSampling = (model: string): boolean =>
  !model.startsWith('claude-') || /^claude-(?:3-|(?:opus|sonnet|haiku)-4(?:-[0-6])?(?:-\d{8})?$)/.test(model)

/** The current API version, unless a parameter that only the older one takes is wanted and the model takes it. */
export function toRequest(route: AnthropicRoute, question: Question, key: Secret | undefined): ProviderRequest {
  const { baseUrl, model, parameters = {} } = route
  const { sampling, clamped } = takesSampling(model) ? samplingOf(parameters) : NO_SAMPLING
  const stops = stopsOf(parameters)?.filter(text => text.trim() !== '') ?? [] // Blank ones are refused.
  const system = systemOf(question)
  const body: Body = {
    model: wellFormed(model),
    max_tokens: parameters.maxTokens ?? DEFAULT_MAX_TOKENS,
    messages: alternatingTurns(question.turns).map(({ role, text }) => ({ role, content: text })),
    stream: true,
    ...(system !== undefined && { system }),
    ...(stops.length > 0 && { stop_sequences: stops }),
    ...sampling,
  }
  const version = Object.keys(sampling).length > 0 ? SAMPLING_VERSION : CURRENT_VERSION
  return {
    url: endpointUrl(baseUrl, '/messages'),
    headers: { 'anthropic-version': version, ...(key && { 'x-api-key': key.reveal() }) },
    body,
    leftOut: [
      ...(sampling.temperature === undefined ? leftOutOf(parameters, ['temperature']) : clamped),
      ...(sampling.top_p === undefined ? leftOutOf(parameters, ['topP']) : []),
      ...(stops.length < (parameters.stop?.length ?? 0) ? leftOutOf(parameters, ['stop']) : []),
      ...leftOutOf(parameters, ['seed']),
    ],
  }
}

type Sampled = { readonly sampling: Sampling; readonly clamped: readonly string[] }
const NO_SAMPLING: Sampled = { sampling: {}, clamped: [] }

/** Temperature goes from 0 to 1 here, and models since 4.1 refuse both parameters together. */
function samplingOf({ temperature, topP }: Parameters): Sampled {
  if (temperature === undefined) return { sampling: topP === undefined ? {} : { top_p: topP }, clamped: [] }
  const { sent, leftOut } = upToOne(temperature)
  return { sampling: { temperature: sent }, clamped: leftOut }
}
