/**
 * From the neutral question to `POST /models/MODEL:streamGenerateContent?alt=sse`. Source: the types of the official
 * `@google/generative-ai` package. The key travels in a header: an address ends up in logs.
 */
import type { GenerateContentRequest, GenerationConfig } from '@google/generative-ai'
import type { Secret } from '../../../shared/process/secret.ts'
import type { ApiRoute, Parameters } from '../../../shared/protocol/route.ts'
import { leftOutOf } from '../parameters.ts'
import type { ProviderRequest, Question } from '../provider.ts'
import { alternatingTurns } from '../turns.ts'

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
  const body: Body = {
    contents: alternatingTurns(question.turns).map(({ role, text }) => ({ role: ROLES[role], parts: [{ text }] })),
    ...(question.system?.trim() && { systemInstruction: { role: 'system', parts: [{ text: question.system }] } }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  }
  const name = encodeURIComponent(model.replace(/^models\//, ''))
  return {
    url: `${baseUrl.replace(/\/+$/, '')}/models/${name}:streamGenerateContent?alt=sse`,
    headers: { ...(key && { 'x-goog-api-key': key.reveal() }) },
    body,
    leftOut,
  }
}

/** From Gemini 3 on, another temperature than the default makes answers loop or degrade. */
const keepsTemperature = (model: string): boolean => /^(models\/)?gemini-([3-9]|\d\d)/.test(model)

function configOf({ temperature, topP, maxTokens, stop, seed }: Parameters, leftOut: readonly string[]): Config {
  return {
    ...(temperature !== undefined && !leftOut.includes('temperature') && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(stop !== undefined && { stopSequences: stop }),
    ...(seed !== undefined && !leftOut.includes('seed') && { seed }),
  }
}
