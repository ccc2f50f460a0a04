/**
 * From the neutral question to `POST /chat/completions` of Mistral. Source: the wire types (`$Outbound`) of the official
 * `@mistralai/mistralai` package.
 */
import type { ChatCompletionStreamRequest$Outbound } from '@mistralai/mistralai/models/components'
import type { Secret } from '../../../shared/process/secret.ts'
import type { ApiRoute, Parameters } from '../../../shared/protocol/route.ts'
import { upToOne } from '../parameters.ts'
import type { ProviderRequest, Question } from '../provider.ts'
import { speakingTurns } from '../turns.ts'

export type MistralRoute = Extract<ApiRoute, { kind: 'mistral' }>
type Body = ChatCompletionStreamRequest$Outbound

export function toRequest(route: MistralRoute, question: Question, key: Secret | undefined): ProviderRequest {
  const { parameters = {} } = route
  const temperature = upToOne(parameters.temperature ?? 0)
  const body: Body = {
    model: route.model,
    messages: messagesOf(question),
    stream: true,
    ...(parameters.temperature !== undefined && { temperature: temperature.sent }),
    ...settingsOf(parameters),
  }
  return {
    url: `${route.baseUrl.replace(/\/+$/, '')}/chat/completions`,
    headers: { ...(key && { authorization: `Bearer ${key.reveal()}` }) },
    body,
    leftOut: temperature.leftOut,
  }
}

/** The system text comes first; the last message is the user's, which the question already is. */
function messagesOf({ system, turns }: Question): Body['messages'] {
  const messages: Body['messages'] = speakingTurns(turns).map(({ role, text }) =>
    role === 'user' ? { role, content: text } : { role, content: text, prefix: false },
  )
  if (system === undefined || system.trim() === '') return messages
  return [{ role: 'system', content: system }, ...messages]
}

function settingsOf({ topP, maxTokens, stop, seed }: Parameters): Partial<Body> {
  return {
    ...(topP !== undefined && { top_p: topP }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(stop !== undefined && { stop }),
    ...(seed !== undefined && { random_seed: seed }),
  }
}
