/**
 * How each API lists its models: by its official client, in a worker that lives as long as the trial. Gemini's client has
 * no such call. Source: the types of the packages, and for Gemini the reference of `models.list`.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import * as z from 'zod'
import type { ApiKind } from '../../shared/protocol/route.ts'
import { MOST_MODELS } from '../../shared/protocol/trial.ts'
import { type ClientKind, FromClient, type ToClient } from './client-words.ts'
import type { ModelServer } from './model-server.ts'

/** Each rejects with the server's failure, if there was one; `get` rejects for a model that the API does not know. */
export type ModelClient = AsyncDisposable & {
  readonly all: (server: ModelServer) => Promise<readonly unknown[]>
  readonly get: (server: ModelServer, model: string) => Promise<unknown>
}

/** Loads what a kind needs. @throws the signal's reason */
export const modelClient = (kind: ApiKind, signal: AbortSignal): Promise<ModelClient> =>
  kind === 'gemini' ? Promise.resolve(GEMINI) : officialClient(kind, signal)

/** Bundled it stands beside the process that runs; in the tests of a part it is still TypeScript. */
const isBundled = import.meta.url.endsWith('.mjs')
const PROGRAM = new URL(isBundled ? './trial.mjs' : './client-worker.ts', import.meta.url)

/** A worker's own file is not read through tsx, only what it imports. */
const fromSource = (): string => {
  const [tsx, program] = [import.meta.resolve('tsx/esm/api'), PROGRAM.href].map(url => JSON.stringify(url))
  return `import(${tsx}).then(({ tsImport }) => tsImport(${program}, ${program}))`
}

async function officialClient(kind: ClientKind, signal: AbortSignal): Promise<ModelClient> {
  signal.throwIfAborted()
  const options = { workerData: kind, env: {}, execArgv: [] }
  const worker = isBundled ? new Worker(PROGRAM, options) : new Worker(fromSource(), { ...options, eval: true })
  const gone = new AbortController()
  worker.once('exit', () => gone.abort(new Error('the client ended')))
  worker.on('error', () => {})
  const say = (words: ToClient) => worker.postMessage(words)
  /** Rejects when the worker fails. */
  const answerTo = async (words: ToClient | undefined): Promise<FromClient> => {
    const answer = once(worker, 'message', { signal: gone.signal })
    if (words !== undefined) say(words)
    const [said]: unknown[] = await answer
    return FromClient.parse(said)
  }
  const call = async (server: ModelServer, words: ToClient): Promise<readonly unknown[]> => {
    let said = await answerTo(words)
    while (said.kind === 'request') said = await answerTo(await server.replyTo(said))
    if (said.kind === 'done') return said.found
    throw server.failure ?? server.noList()
  }
  const end = async () => {
    signal.removeEventListener('abort', onAbort)
    await worker.terminate()
  }
  const onAbort = () => void end()
  signal.addEventListener('abort', onAbort)
  try {
    await answerTo(undefined)
  } catch (error) {
    await end()
    throw error
  }
  return {
    all: server => call(server, { kind: 'all' }),
    get: async (server, model) => (await call(server, { kind: 'get', model }))[0],
    [Symbol.asyncDispose]: end,
  }
}

const Page = z.object({ models: z.array(z.unknown()), nextPageToken: z.string().max(2_000).optional() })
/** Most pages of a list that are read. */
const PAGES = 5

const GEMINI: ModelClient = {
  async all(server) {
    const models: unknown[] = []
    let token: string | undefined
    for (let read = 0; read < PAGES && models.length < MOST_MODELS; read++) {
      const more = token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`
      const page = Page.safeParse(await server.list(`/models?pageSize=${MOST_MODELS}${more}`)).data
      if (page === undefined) throw server.noList()
      // Not spread: a page may have a million entries.
      for (const model of page.models.slice(0, MOST_MODELS - models.length)) models.push(model)
      token = page.nextPageToken
      if (!token) break
    }
    return models
  },
  get: (server, model) => server.list(`/models/${encodeURIComponent(model.replace(/^models\//, ''))}`),
  [Symbol.asyncDispose]: async () => {},
}
