/** From the neutral question to `POST /chat/completions`. Source: the types of the official `openai` package. */
import type OpenAI from 'openai'
import type { Secret } from '../../../shared/process/secret.ts'
import type { ApiRoute, Parameters } from '../../../shared/protocol/route.ts'
import { leftOutOf } from '../parameters.ts'
import type { ProviderRequest, Question } from '../provider.ts'
import { speakingTurns } from '../turns.ts'

export type OpenAiRoute = Extract<ApiRoute, { kind: 'openai' }>
type Body = OpenAI.ChatCompletionCreateParamsStreaming
type Message = OpenAI.ChatCompletionMessageParam

export const OWN_ORIGIN = 'https://api.openai.com'

/** Models that reason before they answer take only the default sampling, no stop texts, and count the thinking as length. */
const reasons = ({ model, dialect }: OpenAiRoute): boolean =>
  dialect === undefined && /(^|\/)(o\d|gpt-(?:[5-9]|\d\d)(?![\d.]*-chat))/.test(model)

/**
 * The `compatible` dialect is what every server of this format has always known: `system`, `max_tokens`, and no options of
 * the stream; whatever the model is called.
 */
export function toRequest(route: OpenAiRoute, question: Question, key: Secret | undefined): ProviderRequest {
  const { baseUrl, model, parameters = {}, dialect } = route
  const reasoning = reasons(route)
  const body: Body = {
    model,
    messages: messagesOf(question, reasoning),
    stream: true,
    ...(dialect === undefined && { stream_options: { include_usage: true } }),
    ...lengthLimit(route, reasoning),
    ...(!reasoning && samplingOf(parameters)),
    ...(parameters.seed !== undefined && { seed: parameters.seed }),
  }
  return {
    url: `${baseUrl.replace(/\/+$/, '')}/chat/completions`,
    headers: { ...(key && { authorization: `Bearer ${key.reveal()}` }) },
    body,
    leftOut: reasoning ? leftOutOf(parameters, ['temperature', 'topP', 'stop']) : [],
  }
}

function messagesOf({ system, turns }: Question, reasoning: boolean): Message[] {
  const messages: Message[] = speakingTurns(turns).map(({ role, text }) => ({ role, content: text }))
  if (system === undefined || system.trim() === '') return messages
  return [{ role: reasoning ? 'developer' : 'system', content: system }, ...messages]
}

/** Other servers know `max_tokens`, often nothing else; OpenAI's own reasoning models refuse it. */
function lengthLimit({ baseUrl, parameters, dialect }: OpenAiRoute, reasoning: boolean): Partial<Body> {
  const limit = parameters?.maxTokens
  if (limit === undefined) return {}
  const own = dialect === undefined && new URL(baseUrl).origin === OWN_ORIGIN
  return reasoning || own ? { max_completion_tokens: limit } : { max_tokens: limit }
}

function samplingOf({ temperature, topP, stop }: Parameters): Partial<Body> {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(stop !== undefined && { stop }),
  }
}
