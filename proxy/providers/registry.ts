/** Which module translates for which kind of route. A module is loaded when the first route of its kind is used. */
import type { ApiKind } from '../../shared/protocol/route.ts'
import type { Provider } from './provider.ts'

const LOADERS: Readonly<Record<ApiKind, () => Promise<Provider>>> = {
  openai: async () => (await import('./openai/openai.ts')).openai,
  anthropic: async () => (await import('./anthropic/anthropic.ts')).anthropic,
  gemini: async () => (await import('./gemini/gemini.ts')).gemini,
  mistral: async () => (await import('./mistral/mistral.ts')).mistral,
}

/** The provider for routes of this kind, and of no other. */
export const loadProvider = (kind: ApiKind): Promise<Provider> => LOADERS[kind]()
