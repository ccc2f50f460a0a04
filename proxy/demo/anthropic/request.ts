/** What Anthropic's Messages API accepts, as far as text goes, in both of its versions. Source: the API reference. */
import * as z from 'zod'
import { checkBody } from '../issue.ts'
import type { Asked, Heard, Refusal } from '../wire.ts'
import { isUnknownModel } from '../wire.ts'
import { invalid, refuseIssue, refuseModel } from './errors.ts'

const Text = z.union([z.string(), z.array(z.strictObject({ type: z.literal('text'), text: z.string() }))])
const Body = z.strictObject({
  model: z.string(),
  max_tokens: z.int().min(1, 'Input should be greater than or equal to 1'),
  messages: z.array(z.strictObject({ role: z.string(), content: Text })),
  system: Text.optional(),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string().regex(/\S/, 'each stop sequence must contain non-whitespace')).optional(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  thinking: z.looseObject({ type: z.string() }).optional(),
})
/** The older version still knows how to sample. */
const OlderBody = Body.extend({
  temperature: z.number().min(0, 'range: 0..1').max(1, 'range: 0..1').optional(),
  top_p: z.number().min(0, 'range: 0..1').max(1, 'range: 0..1').optional(),
  top_k: z.int().min(0).optional(),
})
type OlderBody = z.infer<typeof OlderBody>

/** Models since Opus 4.7 refuse sampling parameters in the older version too. */
const SAMPLES_ALONE = /^claude-(?:opus-4-[7-9]|[a-z]+-[5-9])/

export function check({ headers, body }: Heard): Asked | Refusal {
  const version = headers['anthropic-version']
  if (version === undefined) return invalid('anthropic-version: header is required')
  if (version !== '2023-06-01' && version !== '2026-10-21')
    return invalid(`anthropic-version: "${version}" is not a valid version`)
  const checked = checkBody<OlderBody>(version === '2023-06-01' ? OlderBody : Body, body)
  if ('issue' in checked) return refuseIssue(checked.issue)
  const asked = checked.value
  return refusalFor(asked) ?? toAsked(asked)
}

function refusalFor(body: OlderBody): Refusal | undefined {
  const { model, temperature, top_p, top_k } = body
  if (isUnknownModel(model)) return refuseModel(model)
  const sampling = Object.entries({ temperature, top_p, top_k }).find(([, value]) => value !== undefined)?.[0]
  if (sampling !== undefined && SAMPLES_ALONE.test(model))
    return invalid(`\`${sampling}\` is deprecated for this model.`)
  if (temperature !== undefined && top_p !== undefined)
    return invalid('`temperature` and `top_p` cannot both be specified for this model. Please use only one.')
  return refusalForMessages(body.messages)
}

function refusalForMessages(messages: OlderBody['messages']): Refusal | undefined {
  if (messages.length === 0) return invalid('messages: at least one message is required')
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== 'user' && role !== 'assistant')
      return invalid(
        `messages: Unexpected role "${role}". The Messages API accepts a top-level \`system\` parameter, not "system" as an input message role.`,
      )
    if (plain(content).trim() === '')
      return invalid(`messages.${index}: text content blocks must contain non-whitespace text`)
  }
  if (messages[0]?.role !== 'user') return invalid('messages: first message must use the "user" role')
  return messages.at(-1)?.role === 'user'
    ? undefined
    : invalid('This model does not support assistant message prefill. The conversation must end with a user message.')
}

function toAsked(body: OlderBody): Asked {
  return {
    model: body.model,
    system: body.system === undefined ? undefined : plain(body.system),
    texts: body.messages.map(({ content }) => plain(content)),
    streams: body.stream === true,
    maxTokens: body.max_tokens,
    stop: body.stop_sequences ?? [],
  }
}

const plain = (content: z.infer<typeof Text>): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('')
