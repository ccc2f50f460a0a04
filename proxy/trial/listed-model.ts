/** One entry of a list of models, whichever of the four APIs, or of the servers that speak like them, gave it. */
import * as z from 'zod'
import type { ListedModel } from '../../shared/protocol/trial.ts'

const day = z
  .union([z.date(), z.string().transform(text => new Date(text)), z.null()])
  .transform(date => (date === null || Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10)))
  .optional()
  .catch(undefined)
const name = z
  .string()
  .regex(/^[^\p{Cc}\p{Cf}]{1,200}$/u)
  .nullish()
  .catch(undefined)

/**
 * The shutdown is `deprecation` at Mistral, `retires_at` at Anthropic and `expiration_date` at OpenRouter; OpenAI and Gemini
 * list none. Gemini's names begin with `models/`, and its list and Mistral's hold models that answer no questions.
 */
const Entry = z.object({
  id: name,
  name,
  deprecation: day,
  deprecationReplacementModel: name,
  retires_at: day,
  lifecycle: z.string().nullish().catch(undefined),
  expiration_date: day,
  supportedGenerationMethods: z.array(z.string()).nullish().catch(undefined),
  capabilities: z.object({ completionChat: z.boolean().optional() }).nullish().catch(undefined),
})

/** Undefined for what is no model to talk to. */
export function listedModel(entry: unknown): ListedModel | undefined {
  const parsed = Entry.safeParse(entry)
  if (!parsed.success) return undefined
  const { data } = parsed
  const id = data.id ?? data.name?.replace(/^models\//, '')
  const answers = data.supportedGenerationMethods?.includes('generateContent') ?? true
  if (!id || !answers || data.capabilities?.completionChat === false || data.lifecycle === 'retired') return undefined
  const shutdown = data.deprecation ?? data.retires_at ?? data.expiration_date
  const replacement = data.deprecationReplacementModel
  return { id, ...(shutdown !== undefined && { shutdown }), ...(replacement && { replacement }) }
}

const plain = (id: string): string => id.replace(/^models\//, '')

/** The entry of a model. Ollama lists `llama3:latest` and answers to `llama3`. */
export const findModel = (models: readonly ListedModel[], model: string): ListedModel | undefined =>
  models.find(({ id }) => id === plain(model)) ?? models.find(({ id }) => id === `${model}:latest`)
