/**
 * The official client of one API, in a thread of its own: its hundreds of files are loaded beside the messages, and go with
 * the thread. It has neither the key nor the address nor the environment; what it asks for goes back as a message.
 */
import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { MOST_MODELS } from '../../shared/protocol/trial.ts'
import { ClientKind, type FromClient, ToClient } from './client-words.ts'

/** What the client takes for the address and the key. */
const PLACEHOLDER = { origin: 'http://provider.invalid', key: 'placeholder' } as const

type ModelClient = {
  readonly all: () => AsyncIterable<unknown>
  readonly get: (model: string) => Promise<unknown>
}

async function main(): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('this is the program of a worker')
  const say = (words: FromClient) => port.postMessage(words)
  const heard = async () => {
    const [words]: unknown[] = await once(port, 'message')
    return ToClient.parse(words)
  }
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? input : new Request(input, init)
    const { pathname, search } = new URL(request.url)
    const version = request.headers.get('anthropic-version') ?? undefined
    const reply = heard()
    say({ kind: 'request', path: pathname.replace(/^\/v1/, '') + search, version })
    const words = await reply
    if (words.kind !== 'body') throw new Error('the server refused')
    return Response.json(words.body)
  }
  const client = await CLIENTS[ClientKind.parse(workerData)](fetch)
  for (let next = heard(), isNew = true; ; next = heard()) {
    if (isNew) say({ kind: 'ready' })
    isNew = false
    say(await next.then(words => outcomeOf(client, words)))
  }
}

async function outcomeOf(client: ModelClient, words: ToClient): Promise<FromClient> {
  try {
    if (words.kind === 'get') return { kind: 'done', found: [await client.get(words.model)] }
    const found: unknown[] = []
    for await (const entry of client.all()) if (found.push(entry) >= MOST_MODELS) break
    return { kind: 'done', found }
  } catch {
    return { kind: 'failed' }
  }
}

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

const CLIENTS: Readonly<Record<ClientKind, (fetch: Fetch) => Promise<ModelClient>>> = {
  openai: async fetch => {
    const { default: OpenAI } = await import('openai')
    const options = { baseURL: `${PLACEHOLDER.origin}/v1`, apiKey: PLACEHOLDER.key, maxRetries: 0, fetch }
    const { models } = new OpenAI({ ...options, logLevel: 'off' })
    return { all: () => entries(models.list()), get: model => models.retrieve(model) }
  },
  anthropic: async fetch => {
    const { default: Anthropic } = await import('@anthropic-ai/sdk')
    const options = { baseURL: PLACEHOLDER.origin, apiKey: PLACEHOLDER.key, authToken: null, maxRetries: 0, fetch }
    const { models } = new Anthropic({ ...options, logLevel: 'off' })
    return { all: () => entries(models.list({ limit: MOST_MODELS })), get: model => models.retrieve(model) }
  },
  mistral: async fetch => {
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
}

async function* entries(pages: AsyncIterable<unknown>): AsyncIterable<unknown> {
  yield* pages
}

await main()
