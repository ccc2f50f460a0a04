/**
 * How one process of the overlay asks another on the same machine: JSON over keep-alive connections, each call with a
 * deadline. Node's own client, since it is loaded anyway and costs a process 3 MiB where undici costs 24.
 */
import { Agent, type IncomingMessage, request } from 'node:http'
import { ErrorBody } from '../protocol/errors.ts'
import { boundedJson, boundedText } from './bounded-body.ts'
import { BODY_BYTES } from './guard.ts'
import { type AnswerHeaders, retryAfterOf } from './retry-after.ts'

export type Call = {
  readonly signal: AbortSignal
  readonly timeoutMs?: number
  /** Most bytes of the answer that are read. */
  readonly answerBytes?: number
  readonly headers?: Record<string, string>
}
/** Most bytes of an answer, unless the call says otherwise: as much as a request may have. */
const ANSWER_BYTES = BODY_BYTES

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** The other side answered, but with an error. */
export class CallRefusedError extends Error {
  /** Its HTTP status. */
  readonly status: number
  readonly code: string
  /** How long it asks to wait before the next call, in milliseconds, if it said so. */
  readonly retryAfterMs: number | undefined
  /** The place in the body that was refused, as a dotted path. */
  readonly field: string | undefined
  constructor(url: string, reply: { status: number; body: unknown; headers?: AnswerHeaders }) {
    const said = ErrorBody.safeParse(reply.body).data?.error
    super(said?.message ?? `${url} answered ${reply.status}`)
    this.status = reply.status
    this.code = said?.code ?? 'refused'
    this.field = said?.field
    this.retryAfterMs = retryAfterOf(reply.headers ?? {})
  }
}

type Reply = { readonly status: number; readonly headers: AnswerHeaders; readonly text: string }

/** @returns the body of a 2xx answer @throws {CallRefusedError} for any other status */
export function acceptReply(url: string, { status, headers, text }: Reply): unknown {
  if (status >= 300) throw new CallRefusedError(url, { status, headers, body: errorIn(text) })
  return text === '' ? undefined : boundedJson(text)
}

/** An error may come from the HTTP layer itself, which words it as plain text. */
function errorIn(text: string): unknown {
  try {
    return boundedJson(text)
  } catch {
    return undefined
  }
}

export class HttpClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8, noDelay: true })

  /**
   * @returns the body of a 2xx answer, parsed
   * @throws {CallRefusedError} on any other status
   * @throws {BodyTooLargeError} when the answer is larger than asked for; the connection's own error when there was none
   */
  async json(method: Method, url: string, call: Call & { body?: unknown }): Promise<unknown> {
    const { signal, timeoutMs = 10_000, answerBytes = ANSWER_BYTES } = call
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    const content =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const headers = { ...call.headers, ...content }
    const reply = await this.#open({ method, url, headers, body, signal, timeoutMs, agent: this.#agent })
    return acceptReply(url, await readWhole(reply, { bytes: answerBytes, what: `The answer of ${url}` }))
  }

  /** Opens an answer that streams. The caller reads it to the end or aborts the signal. */
  async stream(
    url: string,
    call: { signal: AbortSignal; headers?: Record<string, string> },
  ): Promise<AsyncIterable<Uint8Array>> {
    const reply = await this.#open({
      method: 'GET',
      url,
      headers: call.headers ?? {},
      signal: call.signal,
      timeoutMs: 10_000,
      agent: false,
    })
    reply.setTimeout(0)
    if (reply.statusCode !== 200)
      acceptReply(url, await readWhole(reply, { bytes: ANSWER_BYTES, what: `The answer of ${url}` }))
    return reply
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }

  #open(call: {
    method: Method
    url: string
    headers: Record<string, string | number>
    body?: string | undefined
    signal: AbortSignal
    timeoutMs: number
    agent: Agent | false
  }): Promise<IncomingMessage> {
    const { method, url, headers, body, signal, timeoutMs, agent } = call
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers, agent, signal }, resolve)
      outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`${url} did not answer within ${timeoutMs} ms`)))
      outgoing.once('error', reject)
      outgoing.end(body)
    })
  }
}

async function readWhole(reply: IncomingMessage, bound: { bytes: number; what: string }): Promise<Reply> {
  return { status: reply.statusCode ?? 0, headers: reply.headers, text: await boundedText(reply, bound) }
}
