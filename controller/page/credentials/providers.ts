/** The providers that a key can belong to, and how people call them. */
import type { ApiKind } from '../../../shared/protocol/route.ts'

export const PROVIDER_NAMES = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  gemini: 'Google Gemini',
  mistral: 'Mistral',
} as const satisfies Record<ApiKind, string>
