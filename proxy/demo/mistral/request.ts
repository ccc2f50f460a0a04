/** What Mistral's chat completions accept, as far as text goes. Source: the API reference. */
import * as z from 'zod'
import { checkBody } from '../issue.ts'
import type { Asked, Heard, Refusal } from '../wire.ts'
import { isUnknownModel } from '../wire.ts'
import { refuseIssue, refuseModel, refuseOrder } from './errors.ts'

const Message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(z.strictObject({ type: z.literal('text'), text: z.string() }))]),
  prefix: z.boolean().optional(),
})
const Body = z.strictObject({
  model: z.string(),
  messages: z.array(Message).min(1, 'List should have at least 1 item after validation, not 0'),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1.5, 'Input should be less than or equal to 1.5').nullish(),
  top_p: z.number().gt(0, 'Input should be greater than 0').max(1).nullish(),
  max_tokens: z.int().min(0).nullish(),
  stop: z.union([z.string(), z.array(z.string()).min(1)]).nullish(),
  random_seed: z.int().min(0).nullish(),
  safe_prompt: z.boolean().optional(),
})
type Body = z.infer<typeof Body>

export function check({ body }: Heard): Asked | Refusal {
  const checked = checkBody(Body, body)
  if ('issue' in checked) return refuseIssue(checked.issue)
  const asked = checked.value
  if (isUnknownModel(asked.model)) return refuseModel(asked.model)
  if (asked.temperature === 0 && (asked.top_p ?? 1) !== 1)
    return refuseOrder('top_p must be 1 when using greedy sampling.')
  return refusalForOrder(asked.messages) ?? toAsked(asked)
}

function refusalForOrder(messages: Body['messages']): Refusal | undefined {
  for (const [index, { role }] of messages.entries()) {
    const previous = messages[index - 1]?.role
    if (role === 'system' && previous !== undefined && previous !== 'system')
      return refuseOrder(`Unexpected role 'system' after role '${previous}'`)
  }
  const last = messages.at(-1)
  return last?.role === 'user' || last?.role === 'tool' || (last?.role === 'assistant' && last.prefix === true)
    ? undefined
    : refuseOrder(`Expected last role User or Tool (or Assistant with prefix True) for serving but got ${last?.role}`)
}

function toAsked({ model, messages, stream, max_tokens, stop }: Body): Asked {
  const system = messages.filter(({ role }) => role === 'system').map(plain)
  return {
    model,
    system: system.length === 0 ? undefined : system.join('\n'),
    texts: messages.filter(({ role }) => role !== 'system').map(plain),
    streams: stream === true,
    maxTokens: max_tokens ?? undefined,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
  }
}

const plain = ({ content }: z.infer<typeof Message>): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('')
