/** Stands before a proxy's overlay side: notes who sends what and when, passes it on, and breaks the connection when nobody is behind it. */
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { LOOPBACK } from '../../shared/process/guard.ts'
import { Batch } from '../../shared/protocol/overlay.ts'

export type Delivery = {
  /** When it came, in milliseconds of `performance.now()`. */
  readonly at: number
  readonly from: string
  readonly sequences: readonly number[]
  /** What the proxy behind answered; 0 when nobody was there. */
  readonly status: number
}

export class OverlayFront implements AsyncDisposable {
  readonly port: number
  readonly deliveries: Delivery[] = []
  readonly #server: Server
  readonly #agent = new Agent({ keepAlive: true })
  readonly #target: number

  private constructor(port: number, target: number) {
    this.port = port
    this.#target = target
    this.#server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing))
  }

  static async open(port: number, target: number): Promise<OverlayFront> {
    const front = new OverlayFront(port, target)
    await once(front.#server.listen(port, LOOPBACK), 'listening')
    return front
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    this.#agent.destroy()
    await closed
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const at = performance.now()
    let text = ''
    for await (const chunk of incoming.setEncoding('utf8')) text += chunk
    const { from, messages } = Batch.parse(JSON.parse(text))
    const note = (status: number) =>
      this.deliveries.push({ at, from, sequences: messages.map(({ sequence }) => sequence), status })
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const target = { host: LOOPBACK, port: this.#target, path: incoming.url, method: 'POST' }
    const onward = request({ ...target, headers, agent: this.#agent }, reply => {
      note(reply.statusCode ?? 0)
      outgoing.writeHead(reply.statusCode ?? 0, { 'content-type': 'application/json' })
      reply.pipe(outgoing)
    })
    onward.once('error', () => {
      if (!outgoing.headersSent) note(0)
      outgoing.destroy()
    })
    onward.end(text)
  }
}
