/**
 * The server that a trial asks. The official clients reach it only through here: they get neither the key nor the address,
 * so that nothing in the environment can send either elsewhere, and no redirect is followed.
 */
import type { Dispatcher } from 'undici'
import * as z from 'zod'
import { BodyTooLargeError, boundedText } from '../../shared/process/bounded-body.ts'
import { redactor, type Secret } from '../../shared/process/secret.ts'
import { mediaTypeOf } from '../../shared/protocol/media-type.ts'
import type { ApiRoute } from '../../shared/protocol/route.ts'
import { abortFailure, connectionFailure } from '../providers/connection-failure.ts'
import type { ProviderDispatcher } from '../providers/dispatcher.ts'
import { endpointUrl } from '../providers/endpoint-url.ts'
import { wordedFailure } from '../providers/failure.ts'
import type { Provider } from '../providers/provider.ts'
import { parsedJson } from '../providers/read-json.ts'
import { loadProvider } from '../providers/registry.ts'
import { UpstreamError } from '../providers/upstream-error.ts'
import type { ToClient } from './client-words.ts'
import { problemOf, TrialError, type TrialProblem, wrongAddress } from './trial-failure.ts'

/** Most of an answer that is read, in bytes: the longest list of models known has half a megabyte. */
const LIST_BYTES = 4 * 1024 * 1024
/** What is read of its JSON. */
const LIST_BOUNDS = { depth: 64, values: 100_000 }
/** Most that one trial asks: a client goes on for as long as a server names another page. */
const MOST_REQUESTS = 20

export type ModelServerParts = {
  readonly route: ApiRoute
  readonly key: Secret | undefined
  readonly dispatcher: ProviderDispatcher
  readonly signal: AbortSignal
}

type Reply = { readonly status: number; readonly headers: Dispatcher.ResponseData['headers']; readonly text: string }

export class ModelServer {
  readonly #parts: ModelServerParts
  /** Takes the key out of a text. */
  readonly conceal: (text: string) => string
  /** What the last {@link replyTo} that was refused failed with; a client only says that it failed. */
  failure: unknown
  #requests = 0

  constructor(parts: ModelServerParts) {
    this.#parts = parts
    this.conceal = redactor(parts.key === undefined ? [] : [parts.key])
  }

  get route(): ApiRoute {
    return this.#parts.route
  }

  /** What a client asked for, as the words that answer it. */
  async replyTo({ path, version }: { path: string; version?: string | undefined }): Promise<ToClient> {
    try {
      const body = await this.list(path, version)
      return { kind: 'body', body: path.split('?')[0] === '/models' ? this.#listIn(body) : body }
    } catch (error) {
      this.failure = error
      return { kind: 'refused' }
    }
  }

  /** Why an answer that is JSON is none to go on with. */
  noList(): TrialError {
    return wrongAddress(this.route.kind, { asked: this.#addressOf('/models'), says: 'answers with no list of models' })
  }

  /**
   * The JSON at a path below the base URL.
   * @throws {TrialError} in every other case
   */
  async list(path: string, version?: string): Promise<unknown> {
    const { kind } = this.route
    const reply = await this.#get(path, { version, keyed: true })
    const { status, headers, text } = reply
    const asked = this.#addressOf(path).split('?')[0] ?? ''
    if (status >= 300 && status < 400)
      throw wrongAddress(kind, { asked, says: `redirects, status ${status}, which is not followed` })
    if (status === 404 || status === 405 || status === 410)
      throw wrongAddress(kind, { asked, says: `has no models, status ${status}` })
    if (status !== 200) throw new TrialError(this.#refusalOf(reply, (await loadProvider(kind)).toFailure))
    const body = parsedJson(text, LIST_BOUNDS)
    const type = mediaTypeOf(this.conceal(String(headers['content-type'] ?? '')))?.slice(0, 100) ?? 'without a type'
    if (body === undefined) throw wrongAddress(kind, { asked, says: `is no API: it answers with no JSON (${type})` })
    return body
  }

  /** Whether a path is served also to those who show no key. */
  async isOpen(path: string): Promise<boolean> {
    return (await this.#get(path, { keyed: false })).status === 200
  }

  /** Some servers of OpenAI's format list without an envelope. */
  #listIn(body: unknown): unknown {
    if (Array.isArray(body)) return { object: 'list', data: body }
    if (Envelope.safeParse(body).success) return body
    throw this.noList()
  }

  /** A key of OpenAI can be allowed to ask and yet not to list models. */
  #refusalOf({ status, headers, text }: Reply, toFailure: Provider['toFailure']): TrialProblem {
    const said = Said.safeParse(parsedJson(text)).data?.error.message ?? ''
    if (status === 403 && /missing scopes/i.test(said))
      return { code: 'unproven', message: 'It may not list models, so that only a question shows whether it works.' }
    return problemOf(wordedFailure(toFailure({ status, headers, body: text }), this.conceal))
  }

  #addressOf(path: string): string {
    return endpointUrl(this.route.baseUrl, path)
  }

  async #get(path: string, { version, keyed }: { version?: string | undefined; keyed: boolean }): Promise<Reply> {
    const { route, key, dispatcher, signal } = this.#parts
    const { origin, pathname, search } = new URL(this.#addressOf(path))
    const provider = await loadProvider(route.kind)
    const question = { turns: [{ role: 'user' as const, text: '-' }] }
    const usual = provider.toRequest(route, question, keyed ? key : undefined).headers
    const headers = {
      ...usual,
      accept: 'application/json',
      ...(version !== undefined && { 'anthropic-version': version }),
    }
    const asked = {
      origin,
      path: pathname + search,
      method: 'GET',
      headers,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    } as const
    if (++this.#requests > MOST_REQUESTS) throw this.noList()
    let within = false
    try {
      signal.throwIfAborted()
      const response = await dispatcher.for(route).request(asked)
      within = true
      const text = await wholeOf(response.body)
      return { status: response.statusCode, headers: response.headers, text }
    } catch (error) {
      if (error instanceof TrialError) throw error
      const failure = signal.aborted
        ? abortFailure(signal.reason)
        : connectionFailure(new UpstreamError(error, { within }), origin)
      throw new TrialError(problemOf(failure))
    }
  }
}

async function wholeOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  try {
    return await boundedText(body, { bytes: LIST_BYTES, what: 'The list of models' })
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error
    const message = `The list of models is longer than ${LIST_BYTES / 1024 / 1024} MiB. Check the base URL.`
    throw new TrialError({ code: 'broken_answer', field: 'baseUrl', message })
  }
}

const Envelope = z.object({ data: z.array(z.unknown()) })
const Said = z.object({ error: z.object({ message: z.string() }) })
