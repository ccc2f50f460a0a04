/**
 * From the neutral question to `POST /chat/completions` of Mistral. Source: the wire types (`$Outbound`) of the official
 * `@mistralai/mistralai` package.
 */
import type { ChatCompletionStreamRequest$Outbound } from '@mistralai/mistralai/models/components'
import type { Secret } from '../../../shared/process/secret.ts'
import type { ApiRoute, Parameters } from '../../../shared/protocol/route.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { leftOutOf, stopsOf, upToOne } from '../parameters.ts'
import type { ProviderRequest, Question } from '../provider.ts'
import { speakingTurns, systemOf } from '../turns.ts'
import { wellFormed } from '../well-formed.ts'

export type MistralRoute = Extract<ApiRoute, { kind: 'mistral' }>
type Body = ChatCompletionStreamRequest$Outbound

export function toRequest(route: MistralRoute, question: Question, key: Secret | undefined): ProviderRequest {
  const { parameters = {} } = route
  const temperature = upToOne(parameters.temperature ?? 0)
  const leftOut = leftOutOf(parameters, takesTopP(parameters) ? [] : ['topP'])
  const body: Body = {
    model: wellFormed(route.model),
    messages: messagesOf(question),
    stream: true,
    ...(parameters.temperature !== undefined && { temperature: temperature.sent }),
    ...settingsOf(parameters, leftOut),
  }
  return {
    url: endpointUrl(route.baseUrl, '/chat/completions'),
    headers: { ...(key && { authorization: `Bearer ${key.reveal()}` }) },
    body,
    leftOut: [...temperature.leftOut, ...leftOut],
  }
}

/** The system text comes first; the last message is the user's, which the question already is. */
function messagesOf(question: Question): Body['messages'] {
  const messages: Body['messages'] = speakingTurns(question.turns).map(({ role, text }) =>
    role === 'user' ? { role, content: text } : { role, content: text, prefix: false },
  )
  const system = systemOf(question)
  return system === undefined ? messages : [{ role: 'system', content: system }, ...messages]
}

/** The API refuses 0, and at temperature 0 ("greedy sampling") everything but 1. */
const takesTopP = ({ temperature, topP }: Parameters): boolean => topP === 1 || (topP !== 0 && temperature !== 0)

function settingsOf(parameters: Parameters, leftOut: readonly string[]): Partial<Body> {
  const { topP, maxTokens, seed } = parameters
  const stop = stopsOf(parameters)
  return {
    ...(topP !== undefined && !leftOut.includes('topP') && { top_p: topP }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(stop !== undefined && { stop }),
    ...(seed !== undefined && { random_seed: seed }),
  }
}
