/** What Gemini's `generateContent` accepts, as far as text goes. Source: the API reference. */
import * as z from 'zod'
import { checkBody } from '../issue.ts'
import type { Asked, Heard, Refusal } from '../wire.ts'
import { isUnknownModel } from '../wire.ts'
import { refusal, refuseIssue, refuseModel } from './errors.ts'

const Content = z.strictObject({
  role: z.string().optional(),
  parts: z.array(z.strictObject({ text: z.string(), thought: z.boolean().optional() })),
})
const INT32 = 2 ** 31 - 1
const Body = z.strictObject({
  contents: z.array(Content).min(1, 'contents is not specified'),
  systemInstruction: Content.optional(),
  generationConfig: z
    .strictObject({
      temperature: z
        .number()
        .min(0, 'temperature must be in the range [0.0, 2.0].')
        .max(2, 'temperature must be in the range [0.0, 2.0].'),
      topP: z.number().min(0).max(1),
      topK: z.int(),
      maxOutputTokens: z.int().min(1, 'max_output_tokens must be positive.'),
      stopSequences: z.array(z.string()).min(1).max(5),
      seed: z.int().max(INT32),
      candidateCount: z.literal(1),
      responseMimeType: z.string(),
      thinkingConfig: z.looseObject({}),
    })
    .partial()
    .optional(),
  safetySettings: z.array(z.strictObject({ category: z.string(), threshold: z.string() })).optional(),
})
type Body = z.infer<typeof Body>

const METHODS = ['streamGenerateContent', 'generateContent'] as const

/** The tail is `MODEL:METHOD`. */
export function check({ tail, query, body }: Heard): Asked | Refusal {
  const [model = '', method] = tail.split(':')
  if (isUnknownModel(model) || !METHODS.some(known => known === method)) return refuseModel(model)
  if (method === 'streamGenerateContent' && query.get('alt') !== 'sse')
    return refusal(400, 'The demonstration provider streams with alt=sse only.')
  const checked = checkBody(Body, body)
  if ('issue' in checked) return refuseIssue(checked.issue)
  const asked = checked.value
  if (asked.systemInstruction !== undefined && /^gemma-[1-3]/.test(model))
    return refusal(400, `Developer instruction is not enabled for models/${model}`)
  return refusalForTurns(asked.contents) ?? toAsked(asked, { model, streams: method === 'streamGenerateContent' })
}

function refusalForTurns(contents: Body['contents']): Refusal | undefined {
  let previous: string | undefined
  for (const { role = 'user', parts } of contents) {
    if (role !== 'user' && role !== 'model') return refusal(400, 'Please use a valid role: user, model.')
    if (role === previous || (previous === undefined && role !== 'user'))
      return refusal(400, 'Please ensure that multiturn requests alternate between user and model.')
    if (parts.length === 0) return refusal(400, 'Unable to submit request because it must have a text parameter.')
    previous = role
  }
  return previous === 'user' ? undefined : refusal(400, 'Please ensure that multiturn requests end with a user role.')
}

function toAsked(body: Body, { model, streams }: { model: string; streams: boolean }): Asked {
  const { systemInstruction, generationConfig } = body
  return {
    model,
    system: systemInstruction === undefined ? undefined : plain(systemInstruction),
    texts: body.contents.map(plain),
    streams,
    maxTokens: generationConfig?.maxOutputTokens,
    stop: generationConfig?.stopSequences ?? [],
  }
}

const plain = ({ parts }: z.infer<typeof Content>): string => parts.map(({ text }) => text).join('')
