/** A peer's client whose calls reach the app of its proxy without sockets, its event stream too. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Hono } from 'hono'
import { acceptReply, HttpClient } from '../../shared/process/http-client.ts'
import { untilEnded } from '../harness/memory-transport.ts'

const CALL_MS = 10_000

/** Who answers now, and the signal that aborts when it is gone. */
export type Server = { readonly app: Hono; readonly ended: AbortSignal }

class RefusedError extends Error {
  readonly code = 'ECONNREFUSED'
}

export class MemoryClient extends HttpClient {
  readonly #server: () => Server | undefined
  readonly #happens: () => void

  /** @param server nobody answers where it is undefined */
  constructor(server: () => Server | undefined, happens: () => void) {
    super()
    this.#server = server
    this.#happens = happens
  }

  override async json(...[method, url, { signal, timeoutMs = CALL_MS, ...call }]: Parameters<HttpClient['json']>) {
    const { app, ended } = this.#listening()
    return untilEnded([signal, ended], timeoutMs, async () => {
      await turn()
      this.#happens()
      ended.throwIfAborted()
      const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) }
      const headers = { 'content-type': 'application/json', ...call.headers }
      const reply = await app.request(pathOf(url), { method, headers, ...body })
      const { status } = reply
      const text = await reply.text()
      await turn()
      this.#happens()
      return acceptReply(url, { status, headers: Object.fromEntries(reply.headers), text })
    })
  }

  override async stream(...[url, { signal }]: Parameters<HttpClient['stream']>): Promise<AsyncIterable<Uint8Array>> {
    const { app, ended } = this.#listening()
    await turn()
    this.#happens()
    ended.throwIfAborted()
    signal.throwIfAborted()
    const outgoing = new StreamedResponse(this.#happens)
    const reply = await app.request(pathOf(url), {}, { outgoing })
    if (reply.status !== 200) acceptReply(url, { status: reply.status, headers: {}, text: await reply.text() })
    return outgoing.read([signal, ended])
  }

  #listening(): Server {
    const server = this.#server()
    if (server === undefined || server.ended.aborted) throw new RefusedError('connection refused')
    return server
  }
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** What a process writes to, read at once by the one at the other end. */
class StreamedResponse extends ServerResponse {
  readonly #happens: () => void
  readonly #frames: Uint8Array[] = []
  #isOver = false
  #wake: () => void = () => {}

  constructor(happens: () => void) {
    super(new IncomingMessage(new Socket()))
    this.#happens = happens
  }

  override writeHead(): this {
    return this
  }

  override write(frame: unknown): boolean {
    this.#happens()
    this.#frames.push(Buffer.from(String(frame)))
    this.#wake()
    return true
  }

  override end(): this {
    this.#isOver = true
    this.#wake()
    return this
  }

  /** Ends with the stream, or as soon as a signal aborts, with its reason. */
  async *read(signals: readonly AbortSignal[]): AsyncGenerator<Uint8Array> {
    const wake = () => this.#wake()
    for (const signal of signals) signal.addEventListener('abort', wake)
    try {
      while (!this.#isOver) {
        for (const signal of signals) signal.throwIfAborted()
        const frame = this.#frames.shift()
        if (frame !== undefined) yield frame
        else
          await new Promise<void>(resolve => {
            this.#wake = resolve
          })
      }
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', wake)
      this.emit('close')
    }
  }
}
