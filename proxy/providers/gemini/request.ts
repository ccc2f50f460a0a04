/**
 * From the neutral question to `POST /models/MODEL:streamGenerateContent?alt=sse`. Source: the types of the official
 * `@google/generative-ai` package. The key travels in a header: an address ends up in logs.
 */
import type { GenerateContentRequest, GenerationConfig } from '@google/generative-ai'
import type { Secret } from '../../../shared/process/secret.ts'
import type { ApiRoute, Parameters } from '../../../shared/protocol/route.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { leftOutOf, stopsOf } from '../parameters.ts'
import type { ProviderRequest, Question } from '../provider.ts'
import { alternatingTurns, systemOf } from '../turns.ts'
import { wellFormed } from '../well-formed.ts'

export type GeminiRoute = Extract<ApiRoute, { kind: 'gemini' }>
/** The package's types miss `seed`, which the API takes. */
type Config = GenerationConfig & { seed?: number }
type Body = GenerateContentRequest & { generationConfig?: Config }

const ROLES = { user: 'user', assistant: 'model' } as const
/** `seed` is a 32-bit number in the API. */
const LARGEST_SEED = 2 ** 31 - 1

export function toRequest(route: GeminiRoute, question: Question, key: Secret | undefined): ProviderRequest {
  const { baseUrl, model, parameters = {} } = route
  const leftOut = leftOutOf(parameters, [
    ...(keepsTemperature(model) ? (['temperature'] as const) : []),
    ...((parameters.seed ?? 0) > LARGEST_SEED ? (['seed'] as const) : []),
  ])
  const generationConfig = configOf(parameters, leftOut)
  const system = systemOf(question)
  const takesSystem = !NO_SYSTEM.test(model)
  const body: Body = {
    contents: contentsOf(question, takesSystem),
    ...(system !== undefined && takesSystem && { systemInstruction: { role: 'system', parts: [{ text: system }] } }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  }
  const name = encodeURIComponent(wellFormed(model).replace(/^models\//, ''))
  return {
    url: endpointUrl(baseUrl, `/models/${name}:streamGenerateContent?alt=sse`),
    headers: { ...(key && { 'x-goog-api-key': key.reveal() }) },
    body,
    leftOut,
  }
}

/** Gemma up to 3 refuses a system text: there it goes before the first words of the user. */
const NO_SYSTEM = /^(models\/)?gemma-[1-3]/

function contentsOf(question: Question, takesSystem: boolean): Body['contents'] {
  const system = takesSystem ? undefined : systemOf(question)
  return alternatingTurns(question.turns).map(({ role, text }, index) => ({
    role: ROLES[role],
    parts: [...(index === 0 && system !== undefined ? [{ text: `${system}\n\n` }] : []), { text }],
  }))
}

/** From Gemini 3 on, another temperature than the default makes answers loop or degrade. */
const keepsTemperature = (model: string): boolean => /^(models\/)?gemini-([3-9]|\d\d)/.test(model)

function configOf(parameters: Parameters, leftOut: readonly string[]): Config {
  const { temperature, topP, maxTokens, seed } = parameters
  const stop = stopsOf(parameters)
  return {
    ...(temperature !== undefined && !leftOut.includes('temperature') && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(stop !== undefined && { stopSequences: stop }),
    ...(seed !== undefined && !leftOut.includes('seed') && { seed }),
  }
}
