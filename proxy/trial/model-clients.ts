/**
 * How each API lists its models: by its official client, which is loaded only when something is tried. Gemini's client has
 * no such call. Source: the types of the packages, and for Gemini the reference of `models.list`.
 */
import * as z from 'zod'
import type { ApiKind } from '../../shared/protocol/route.ts'
import { MOST_MODELS } from '../../shared/protocol/trial.ts'
import { type ModelServer, PLACEHOLDER } from './model-server.ts'

/** `get` rejects for a model that the API does not know. */
export type ModelClient = {
  readonly all: () => AsyncIterable<unknown>
  readonly get: (model: string) => Promise<unknown>
}

const CLIENTS: Readonly<Record<ApiKind, (server: ModelServer) => Promise<ModelClient>>> = {
  openai: async ({ fetch }) => {
    const { default: OpenAI } = await import('openai')
    const { models } = new OpenAI({
      baseURL: `${PLACEHOLDER.origin}/v1`,
      apiKey: PLACEHOLDER.key,
      maxRetries: 0,
      logLevel: 'off',
      fetch,
    })
    return { all: () => entries(models.list()), get: model => models.retrieve(model) }
  },
  anthropic: async ({ fetch }) => {
    const { default: Anthropic } = await import('@anthropic-ai/sdk')
    const { models } = new Anthropic({
      baseURL: PLACEHOLDER.origin,
      apiKey: PLACEHOLDER.key,
      authToken: null,
      maxRetries: 0,
      logLevel: 'off',
      fetch,
    })
    return { all: () => entries(models.list({ limit: MOST_MODELS })), get: model => models.retrieve(model) }
  },
  mistral: async ({ fetch }) => {
    const { HTTPClient, Mistral } = await import('@mistralai/mistralai')
    const httpClient = new HTTPClient({ fetcher: fetch })
    const { models } = new Mistral({ serverURL: PLACEHOLDER.origin, apiKey: PLACEHOLDER.key, httpClient })
    return {
      async *all() {
        for (const entry of (await models.list()).data ?? []) yield 'raw' in entry ? entry.raw : entry
      },
      get: modelId => models.retrieve({ modelId }),
    }
  },
  gemini: async server => ({
    all: () => geminiModels(server),
    get: model => server.list(`/models/${encodeURIComponent(model.replace(/^models\//, ''))}`),
  }),
}

/** Loads what a kind needs, the first time, so that this does not count as time that the provider takes. */
export async function loadClient(kind: ApiKind): Promise<void> {
  if (kind === 'openai') await import('openai')
  if (kind === 'anthropic') await import('@anthropic-ai/sdk')
  if (kind === 'mistral') await import('@mistralai/mistralai')
}

export const modelClient = (server: ModelServer): Promise<ModelClient> => CLIENTS[server.route.kind](server)

async function* entries(pages: AsyncIterable<unknown>): AsyncIterable<unknown> {
  yield* pages
}

const Page = z.object({ models: z.array(z.unknown()), nextPageToken: z.string().optional() })
/** Most pages of a list that are read. */
const PAGES = 5

async function* geminiModels(server: ModelServer): AsyncIterable<unknown> {
  let token: string | undefined
  for (let read = 0; read < PAGES; read++) {
    const more = token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`
    const page = Page.parse(await server.list(`/models?pageSize=${MOST_MODELS}${more}`))
    yield* page.models
    token = page.nextPageToken
    if (!token) return
  }
}
