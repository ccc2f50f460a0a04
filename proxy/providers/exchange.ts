/** One request to a provider and its answer. Knows HTTP, and nothing of retries or of any provider. */
import { once } from 'node:events'
import type { Dispatcher } from 'undici'
import { redactor, type Secret } from '../../shared/process/secret.ts'
import { mediaTypeOf } from '../../shared/protocol/media-type.ts'
import type { ApiRoute } from '../../shared/protocol/route.ts'
import { withinBytes } from './answer-bytes.ts'
import { AnswerDoor } from './answer-door.ts'
import { askedWaitOf } from './asked-wait.ts'
import { chunksOf } from './body-chunks.ts'
import { abortFailure, connectionFailure } from './connection-failure.ts'
import { type Bytes, decoderOf, UndecodableError } from './content-encoding.ts'
import { eventsOf } from './event-stream.ts'
import { describeFailure, wordedFailure } from './failure.ts'
import type { AnswerEvent, Failure, Provider, ProviderRequest, StreamEvent } from './provider.ts'
import { UpstreamError } from './upstream-error.ts'
import { wholeAnswer } from './whole-answer.ts'

/**
 * `key` is what was sent, and is to be taken out of whatever comes back. `onLife` is called at each sign of life: the headers
 * and every chunk, be it only a comment.
 */
export type Exchange = {
  readonly dispatcher: Dispatcher
  readonly provider: Pick<Provider, 'createReader' | 'toFailure'>
  readonly route: ApiRoute
  readonly request: ProviderRequest
  readonly signal: AbortSignal
  readonly key: Secret | undefined
  readonly onLife: () => void
}

/**
 * How an exchange went: it told its end, or it failed after having told nothing, only thinking, or text. `gaveUp` when it
 * was us who stopped it: the provider may still be working, and charge for it.
 */
export type Outcome = {
  readonly failure?: Failure
  readonly told: 'nothing' | 'thinking' | 'text'
  readonly gaveUp?: boolean
}

type Concealing = { readonly conceal: (text: string) => string }

/** Most of an error's body that is read, in bytes. */
const ERROR_BYTES = 64 * 1024
/** Most of an answer that is read where it is no stream, in bytes. */
const WHOLE_BYTES = 4 * 1024 * 1024
/** An answer that is complete may take this long to close, so that its connection can be used again. */
const CLOSING_MS = 250

/** Yields the answer's events up to its `end`. When the signal aborts, or nobody asks for more, the connection is closed. */
export async function* exchange(call: Exchange): AsyncGenerator<AnswerEvent, Outcome> {
  const { provider, route, request, signal, key, onLife } = call
  const conceal = redactor(key === undefined ? [] : [key])
  const door = new AnswerDoor(provider.createReader(route), key)
  let told: Outcome['told'] = 'nothing'
  let body: Dispatcher.ResponseData['body'] | undefined
  let complete = false
  try {
    signal.throwIfAborted()
    const response = await send(call)
    body = response.body
    onLife()
    const chunks = decoded(response, withinBytes(chunksOf(body, { signal, onLife })), { conceal })
    const failure = await refusalOf(response, chunks, { provider, conceal })
    if (failure !== undefined) return { failure, told }
    const answers = isStream(response)
      ? answersOf(eventsOf(chunks), door)
      : wholeOf(response, chunks, { provider, conceal, door })
    for await (const answer of answers) {
      signal.throwIfAborted()
      if (answer.kind === 'error') return { failure: answer.failure, told }
      if (answer.kind === 'end' && answer.ending === 'interrupted' && told !== 'text')
        return { failure: describeFailure('truncated'), told }
      if (answer.kind === 'text' || (answer.kind === 'thinking' && told === 'nothing')) told = answer.kind
      if (answer.kind === 'retract') told = 'thinking'
      complete = answer.kind === 'end' && !door.isFull
      yield withLeftOut(answer, request.leftOut)
      if (answer.kind === 'end') return { told }
    }
    throw new Error('a reader told no end')
  } catch (error) {
    for (const answer of door.finish({ isCut: true })) {
      if (answer.kind === 'text') told = 'text'
      if (answer.kind === 'text' || answer.kind === 'usage') yield answer
    }
    if (signal.aborted) return { failure: abortFailure(signal.reason), told, gaveUp: true }
    return { failure: connectionFailure(error, new URL(request.url).origin), told }
  } finally {
    if (complete && body?.closed === false)
      await once(body, 'close', { signal: AbortSignal.timeout(CLOSING_MS) }).catch(() => {})
    body?.destroy()
  }
}

/** The event, which on the answer's end also names the parameters that were not sent. */
export const withLeftOut = (answer: AnswerEvent, leftOut: readonly string[]): AnswerEvent =>
  answer.kind === 'end' && leftOut.length > 0 ? { ...answer, leftOut } : answer

/** A redirect is not followed: it could carry the key and the conversation to somebody else. */
async function send({ dispatcher, request, signal }: Exchange): Promise<Dispatcher.ResponseData> {
  const { origin, pathname, search } = new URL(request.url)
  const accepted = { accept: 'text/event-stream', 'accept-encoding': 'identity' }
  const headers = { 'content-type': 'application/json', ...accepted, ...request.headers }
  const body = JSON.stringify(request.body)
  const path = pathname + search
  const timeouts = { headersTimeout: 0, bodyTimeout: 0 }
  const response = dispatcher.request({ origin, path, method: 'POST', headers, body, signal, ...timeouts })
  // undici looks at the signal only once there is a connection.
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    return await Promise.race([response, aborted])
  } catch (error) {
    throw signal.aborted ? error : new UpstreamError(error, { within: false })
  }
}

/** @throws {UndecodableError} when an answer is compressed in a way that is not known; of an error the status is enough */
function decoded({ headers, statusCode }: Dispatcher.ResponseData, chunks: Bytes, { conceal }: Concealing): Bytes {
  const encoding = conceal(String(headers['content-encoding'] ?? ''))
  const decoder = decoderOf(encoding)
  if (decoder !== undefined) return decoder(chunks)
  if (statusCode === 200) throw new UndecodableError(`it is compressed with ${encoding}, which nobody asked for`)
  return (async function* () {})()
}

async function refusalOf(
  { statusCode: status, headers }: Dispatcher.ResponseData,
  chunks: AsyncIterable<Uint8Array>,
  { provider, conceal }: Pick<Exchange, 'provider'> & Concealing,
): Promise<Failure | undefined> {
  if (status >= 300 && status < 400) return describeFailure('bad_request', { said: `it redirects, status ${status}` })
  if (status === 200) return undefined
  const body = await beginningOf(chunks, ERROR_BYTES)
  const wait = askedWaitOf({ status, headers, body }, Date.now())
  const told = provider.toFailure({
    status,
    headers: { ...headers, ...(wait && { 'retry-after-ms': String(wait) }) },
    body,
  })
  return wordedFailure(told, conceal)
}

const isStream = ({ headers }: Dispatcher.ResponseData): boolean =>
  mediaTypeOf(headers['content-type']) === 'text/event-stream'

async function* wholeOf(
  { statusCode: status, headers }: Dispatcher.ResponseData,
  chunks: AsyncIterable<Uint8Array>,
  { provider, conceal, door }: Pick<Exchange, 'provider'> & Concealing & { door: AnswerDoor },
): AsyncGenerator<AnswerEvent, void> {
  const body = await beginningOf(chunks, WHOLE_BYTES)
  yield* wholeAnswer({ status, headers, body }, { door, conceal, toFailure: provider.toFailure })
}

async function beginningOf(body: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= most) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function* answersOf(events: AsyncIterable<StreamEvent>, door: AnswerDoor): AsyncGenerator<AnswerEvent, void> {
  let isCut = false
  for await (const event of events) {
    isCut = event.isCut === true
    if (!isCut) for (const answer of door.read(event)) yield answer
  }
  for (const answer of door.finish({ isCut })) yield answer
}
