/** How one process asks another: JSON over pooled keep-alive connections, each call with a deadline. */
import { Agent } from 'undici'
import { ErrorBody } from '../protocol/errors.ts'

export type Reply = { readonly status: number; readonly body: unknown }
export type Call = { readonly signal: AbortSignal; readonly timeoutMs?: number; readonly headers?: Record<string, string> }

/** The other side answered, but with an error. `status` is its HTTP status. */
export class CallRefusedError extends Error {
  readonly status: number
  readonly code: string
  constructor(url: string, reply: Reply) {
    const parsed = ErrorBody.safeParse(reply.body)
    super(parsed.success ? parsed.data.error.message : `${url} answered ${reply.status}`)
    this.status = reply.status
    this.code = parsed.success ? parsed.data.error.code : 'refused'
  }
}

export class HttpClient implements AsyncDisposable {
  readonly #agent = new Agent({ connections: 8, pipelining: 1, keepAliveTimeout: 30_000, connect: { timeout: 2_000 } })

  /**
   * @returns the body of a 2xx answer, parsed
   * @throws {CallRefusedError} on any other status; the connection's own error when there was no answer
   */
  async json(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, call: Call & { body?: unknown }): Promise<unknown> {
    const { pathname, search, origin } = new URL(url)
    const { signal, timeoutMs = 10_000 } = call
    const json = call.body === undefined ? null : JSON.stringify(call.body)
    const headers = { ...call.headers, ...(json === null ? {} : { 'content-type': 'application/json' }) }
    const deadline = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
    const reply = await this.#agent.request({ origin, path: pathname + search, method, headers, body: json, signal, ...deadline })
    const text = await reply.body.text()
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    if (reply.statusCode >= 300) throw new CallRefusedError(url, { status: reply.statusCode, body })
    return body
  }

  /** Opens an answer that streams. The caller reads it to the end or aborts the signal. */
  async stream(url: string, call: { signal: AbortSignal; headers?: Record<string, string> }): Promise<AsyncIterable<Uint8Array>> {
    const { pathname, search, origin } = new URL(url)
    const { signal, headers = {} } = call
    const options = { origin, path: pathname + search, method: 'GET', headers, signal, headersTimeout: 10_000, bodyTimeout: 0 } as const
    const reply = await this.#agent.request(options)
    if (reply.statusCode === 200) return reply.body
    throw new CallRefusedError(url, { status: reply.statusCode, body: JSON.parse(await reply.body.text()) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }
}

/** True where the connection was refused, so that nothing can have arrived on the other side. */
export const neverConnected = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'UND_ERR_CONNECT_TIMEOUT')
