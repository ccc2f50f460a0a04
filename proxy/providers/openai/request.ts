/** From the neutral question to `POST /chat/completions`. Source: the types of the official `openai` package. */
import type OpenAI from 'openai'
import type { Secret } from '../../../shared/process/secret.ts'
import type { ApiRoute, Parameters } from '../../../shared/protocol/route.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { leftOutOf, stopsOf } from '../parameters.ts'
import type { ProviderRequest, Question } from '../provider.ts'
import { mergedTurns, speakingTurns, systemOf } from '../turns.ts'
import { wellFormed } from '../well-formed.ts'

export type OpenAiRoute = Extract<ApiRoute, { kind: 'openai' }>
type Body = OpenAI.ChatCompletionCreateParamsStreaming
type Message = OpenAI.ChatCompletionMessageParam

export const OWN_ORIGIN = 'https://api.openai.com'

/** Models that reason before they answer take only the default sampling, no stop texts, and count the thinking as length. */
const reasons = ({ model, dialect }: OpenAiRoute): boolean =>
  dialect === undefined && /(^|\/)(o\d|gpt-(?:[5-9]|\d\d)(?![\d.]*-chat))/.test(model)

/** Models that search the web before they answer: they take no sampling parameters at all. */
const searches = ({ model, dialect }: OpenAiRoute): boolean =>
  dialect === undefined && /-search-(?:preview|api)/.test(model)

/**
 * The `compatible` dialect is what every server of this format has always known: `system`, `max_tokens`, turns that
 * alternate, since chat templates refuse others, and no options of the stream; whatever the model is called.
 */
export function toRequest(route: OpenAiRoute, question: Question, key: Secret | undefined): ProviderRequest {
  const { baseUrl, model, parameters = {}, dialect } = route
  const reasoning = reasons(route)
  const leftOut = leftOutOf(parameters, unsupportedBy(route, reasoning))
  const body: Body = {
    model: wellFormed(model),
    messages: messagesOf(question, { reasoning, alternating: dialect === 'compatible' }),
    stream: true,
    ...(dialect === undefined && { stream_options: { include_usage: true } }),
    ...lengthLimit(route, reasoning),
    ...samplingOf(parameters, leftOut),
    ...(parameters.seed !== undefined && { seed: parameters.seed }),
  }
  return {
    url: endpointUrl(baseUrl, '/chat/completions'),
    headers: { ...(key && { authorization: `Bearer ${key.reveal()}` }) },
    body,
    leftOut,
  }
}

/** vLLM wants a `top_p` above 0, and text-generation-inference one below 1 as well, where leaving it out says the same. */
function unsupportedBy(route: OpenAiRoute, reasoning: boolean): (keyof Parameters)[] {
  if (reasoning) return ['temperature', 'topP', 'stop']
  if (searches(route)) return ['temperature', 'topP']
  const { topP = 0.5 } = route.parameters ?? {}
  return route.dialect === 'compatible' && (topP === 0 || topP === 1) ? ['topP'] : []
}

type Shape = { readonly reasoning: boolean; readonly alternating: boolean }

function messagesOf(question: Question, { reasoning, alternating }: Shape): Message[] {
  const turns = alternating ? mergedTurns(question.turns) : speakingTurns(question.turns)
  const messages: Message[] = turns.map(({ role, text }) => ({ role, content: text }))
  const system = systemOf(question)
  return system === undefined ? messages : [{ role: reasoning ? 'developer' : 'system', content: system }, ...messages]
}

/** Other servers know `max_tokens`, often nothing else; OpenAI's own reasoning models refuse it. */
function lengthLimit({ baseUrl, parameters, dialect }: OpenAiRoute, reasoning: boolean): Partial<Body> {
  const limit = parameters?.maxTokens
  if (limit === undefined) return {}
  const own = dialect === undefined && new URL(baseUrl).origin === OWN_ORIGIN
  return reasoning || own ? { max_completion_tokens: limit } : { max_tokens: limit }
}

function samplingOf(parameters: Parameters, leftOut: readonly string[]): Partial<Body> {
  const { temperature, topP } = parameters
  const stop = stopsOf(parameters)
  return {
    ...(temperature !== undefined && !leftOut.includes('temperature') && { temperature }),
    ...(topP !== undefined && !leftOut.includes('topP') && { top_p: topP }),
    ...(stop !== undefined && !leftOut.includes('stop') && { stop }),
  }
}
