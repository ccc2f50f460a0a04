/** A controller, or a proxy, that streams to a real process what no right one would, and answers its calls with whatever comes. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Draw } from './draw.ts'
import { damaged, hostileText, hostileValue, mutated, written } from './mutate.ts'

/** One thing that is pushed: bytes of an event stream. */
export type Push = (draw: Draw) => string | Buffer

type Answer = (request: { method: string; url: string; text: string }) => readonly [number, string | Buffer]

/** `greet` is what each stream begins with: without anything new now and then it would be opened less and less often. */
export type Manner = { readonly answer: Answer; readonly greet: () => readonly unknown[] }

/** Serves streams of events; what is no stream is answered by `answer`. */
export class HostileNeighbour implements AsyncDisposable {
  readonly calls = new Map<string, number>()
  /** The streams that are open, the newest last. */
  #streams: ServerResponse[] = []
  readonly #server: Server
  readonly #answer: Answer
  #opened: () => void = () => {}

  readonly #greet: () => readonly unknown[]

  private constructor({ answer, greet }: Manner) {
    this.#answer = answer
    this.#greet = greet
    this.#server = createServer(
      (request, response) => void this.#serve(request, response).catch(() => response.destroy()),
    )
  }

  static async open(port: number, manner: Manner): Promise<HostileNeighbour> {
    const neighbour = new HostileNeighbour(manner)
    await once(neighbour.#server.listen(port, '127.0.0.1'), 'listening')
    return neighbour
  }

  /** Writes to the newest stream, waiting for one where none is open. */
  async push(bytes: string | Buffer): Promise<void> {
    const stream = await this.#stream()
    if (!stream.write(bytes)) await Promise.race([once(stream, 'drain'), once(stream, 'close')])
  }

  /** Ends the streams that are open. */
  breakOff(): void {
    for (const stream of this.#streams.splice(0)) stream.destroy()
  }

  async #stream(): Promise<ServerResponse> {
    for (;;) {
      this.#streams = this.#streams.filter(({ destroyed }) => !destroyed)
      const newest = this.#streams.at(-1)
      if (newest !== undefined) return newest
      await new Promise<void>(resolve => {
        this.#opened = resolve
      })
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request
    const path = url.split('?')[0] ?? ''
    this.calls.set(`${method} ${path}`, (this.calls.get(`${method} ${path}`) ?? 0) + 1)
    response.on('error', () => {})
    if (/^\/(events|api\/routes)$/.test(path)) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n')
      response.write(eventsOf(this.#greet()))
      this.#streams.push(response)
      this.#opened()
      return
    }
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const [status, body] = this.#answer({ method, url, text })
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}

export const eventsOf = (events: readonly unknown[]): string =>
  events.map(event => `data: ${JSON.stringify(event)}\n\n`).join('')

/** An event of which something is hostile, or bytes that are none. */
export function hostileEvent(valid: unknown, draw: Draw): string | Buffer {
  const event = (data: string) => `data: ${data}\n\n`
  switch (draw.below(8)) {
    case 0:
      return event(written(hostileValue(draw)))
    case 1:
      return damaged(event(written(valid)), draw)
    case 2:
      return `${draw.of(['id', 'event', 'retry', 'data', ':', '\u0000'])}: ${hostileText(draw)}\n${draw.once(2) ? '\n' : '\r'}`
    case 3:
      return Buffer.concat([draw.bytes(), Buffer.from('\n\n')])
    case 4:
      return event(written(valid))
    default:
      return event(written(mutated(valid, draw)))
  }
}
