/** The lists of models of the four APIs, each as its reference writes it. Demonstration models shut down long from now. */
import type { ApiKind } from '../../shared/protocol/route.ts'
import { isUnknownModel } from './wire.ts'

const NAMES = {
  openai: ['gpt-6-luna', 'gpt-4.1-mini', 'text-embedding-3-small'],
  anthropic: ['claude-sonnet-5-5', 'claude-haiku-4-5'],
  gemini: ['gemini-3.5-flash-lite', 'gemini-2.5-flash', 'gemini-embedding-001'],
  mistral: ['mistral-small-latest', 'mistral-medium-2508', 'mistral-embed'],
} as const satisfies Record<ApiKind, readonly string[]>

/** The one whose end is announced, where the API announces any. */
const ENDING = { anthropic: 'claude-haiku-4-5', mistral: 'mistral-medium-2508' } as const
const END = '2099-10-31T12:00:00Z'

/** The list, or the entry of one model; undefined for a model that is unknown. A model need not be listed to be known. */
export function modelAnswer(kind: ApiKind, model: string | undefined): unknown {
  if (model !== undefined) return isUnknownModel(model) ? undefined : ENTRIES[kind](model)
  const entries = NAMES[kind].map(ENTRIES[kind])
  switch (kind) {
    case 'openai':
    case 'mistral':
      return { object: 'list', data: entries }
    case 'anthropic':
      return { data: entries, has_more: false, first_id: NAMES[kind][0], last_id: NAMES[kind].at(-1) }
    case 'gemini':
      return { models: entries }
    default:
      return kind satisfies never
  }
}

const ENTRIES: Readonly<Record<ApiKind, (id: string) => object>> = {
  openai: id => ({ id, object: 'model', created: 1_735_689_600, owned_by: 'system' }),
  anthropic: id => ({
    id,
    type: 'model',
    display_name: id,
    created_at: '2026-01-01T00:00:00Z',
    deprecated_at: id === ENDING.anthropic ? '2026-10-31T00:00:00Z' : null,
    lifecycle: id === ENDING.anthropic ? 'deprecated' : 'active',
    retires_at: id === ENDING.anthropic ? END : null,
    line: null,
    capabilities: null,
    max_input_tokens: null,
    max_tokens: null,
  }),
  gemini: id => ({
    name: `models/${id}`,
    version: '001',
    displayName: id,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: id.includes('embedding') ? ['embedContent'] : ['generateContent', 'countTokens'],
  }),
  mistral: id => ({
    id,
    object: 'model',
    created: 1_735_689_600,
    owned_by: 'mistralai',
    capabilities: {
      completion_chat: id !== 'mistral-embed',
      completion_fim: false,
      function_calling: true,
      vision: false,
    },
    name: id,
    description: null,
    max_context_length: 131_072,
    aliases: [],
    deprecation: id === ENDING.mistral ? END : null,
    deprecation_replacement_model: id === ENDING.mistral ? 'mistral-small-latest' : null,
    type: 'base',
  }),
}
