/** What OpenAI's Chat Completions accepts, as far as text goes. Source: the API reference. */
import * as z from 'zod'
import { checkBody } from '../issue.ts'
import { steeringOf } from '../steering.ts'
import type { Asked, Heard, Refusal } from '../wire.ts'
import { isUnknownModel } from '../wire.ts'
import { refusal, refuseAsVllm, refuseIssue, refuseModel, refuseParameter, refuseValue } from './errors.ts'

const Text = z.union([z.string(), z.array(z.strictObject({ type: z.literal('text'), text: z.string() })).min(1)])
const Message = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: Text,
  name: z.string().optional(),
})
const Body = z.strictObject({
  model: z.string(),
  messages: z.array(Message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z
    .strictObject({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
    .nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).min(1).max(4)]).nullish(),
  seed: z.int().nullish(),
  n: z.literal(1).nullish(),
  user: z.string().optional(),
  metadata: z.record(z.string(), z.string()).nullish(),
  service_tier: z.string().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  store: z.boolean().nullish(),
  reasoning_effort: z.string().nullish(),
})
type Body = z.infer<typeof Body>

export function check({ body }: Heard): Asked | Refusal {
  const checked = checkBody(Body, body)
  if ('issue' in checked) return refuseIssue(checked.issue)
  const asked = checked.value
  return refusalFor(asked) ?? refusalForCompatible(asked) ?? toAsked(asked)
}

const NEWER_FIELDS = [
  'stream_options',
  'max_completion_tokens',
  'store',
  'metadata',
  'service_tier',
  'reasoning_effort',
] as const

/** A server that only knows what the format had at first, where the question says that it is asked. */
function refusalForCompatible(body: Body): Refusal | undefined {
  if (!steeringOf(plain(body.messages.at(-1)?.content ?? '')).compatible) return undefined
  const newer = NEWER_FIELDS.find(name => body[name] != null)
  if (newer !== undefined) return refuseAsVllm(`('body', '${newer}')`, 'Extra inputs are not permitted')
  if (body.messages.some(({ role }) => role === 'developer'))
    return refuseAsVllm("('body', 'messages', 0, 'role')", "Input should be 'system', 'user' or 'assistant'")
  if (body.top_p === 0 || body.top_p === 1) return refuseAsVllm("('body', 'top_p')", '`top_p` must be > 0.0 and < 1.0')
  const said = body.messages.filter(({ role }) => role !== 'system')
  if (said.some(({ role }, index) => role === said[index - 1]?.role))
    return refuseAsVllm("('body', 'messages')", 'Conversation roles must alternate user/assistant/user/assistant/...')
  return undefined
}

function refusalFor(body: Body): Refusal | undefined {
  if (isUnknownModel(body.model)) return refuseModel(body.model)
  if (body.stream_options && !body.stream)
    return refuseParameter('stream_options', " Only allowed when 'stream' is enabled.")
  if (body.max_tokens != null && body.max_completion_tokens != null)
    return refuseParameter('max_tokens', " Use only one of 'max_tokens' and 'max_completion_tokens'.")
  if (/-search-(?:preview|api)/.test(body.model)) return refusalForSearching(body)
  return /^(o1|o3|o4|gpt-(?:[5-9]|\d\d)(?![\d.]*-chat))/.test(body.model) ? refusalForReasoning(body) : undefined
}

/** In the words of the models that search the web. */
function refusalForSearching({ temperature, top_p }: Body): Refusal | undefined {
  const names = Object.entries({ temperature, top_p }).flatMap(([name, value]) => (value == null ? [] : [name]))
  return names.length === 0
    ? undefined
    : refusal(400, `Model incompatible request argument supplied: ${names.join(', ')}`)
}

function refusalForReasoning({ max_tokens, temperature, top_p, stop }: Body): Refusal | undefined {
  if (max_tokens != null) return refuseParameter('max_tokens', " Use 'max_completion_tokens' instead.")
  if (temperature != null && temperature !== 1) return refuseValue('temperature', temperature)
  if (top_p != null) return refuseParameter('top_p')
  return stop == null ? undefined : refuseParameter('stop')
}

function toAsked(body: Body): Asked {
  const isSystem = ({ role }: { role: string }) => role === 'system' || role === 'developer'
  const system = body.messages.filter(isSystem).map(({ content }) => plain(content))
  const { stop } = body
  return {
    model: body.model,
    system: system.length === 0 ? undefined : system.join('\n'),
    texts: body.messages.filter(message => !isSystem(message)).map(({ content }) => plain(content)),
    streams: body.stream === true,
    wantsUsage: body.stream_options?.include_usage === true,
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
  }
}

const plain = (content: z.infer<typeof Text>): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('')
