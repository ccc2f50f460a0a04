/** A controller of a test's own, which pushes what no real one would, to a real proxy; keeps what the proxy answers. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { LOOPBACK } from '../../shared/process/guard.ts'
import { RoutesAnswer } from '../../shared/protocol/control.ts'
import { Heard } from '../harness/heard.ts'

export class FakeController implements AsyncDisposable {
  readonly answers = new Heard<RoutesAnswer>()
  readonly #streams = new Heard<ServerResponse>()
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  static async open(port: number): Promise<FakeController> {
    const controller = new FakeController()
    await once(controller.#server.listen(port, LOOPBACK), 'listening')
    return controller
  }

  /** Resolves once a proxy follows its stream. */
  async connected(): Promise<void> {
    await this.#streams.first(() => true)
  }

  /** Pushes one event's data as it stands, JSON or not. */
  push(data: string): void {
    this.#streams.all.at(-1)?.write(`data: ${data}\n\n`)
  }

  /** Pushes, and waits for what the proxy says to it. */
  async ask(data: string): Promise<RoutesAnswer> {
    const before = this.answers.all.length
    this.push(data)
    await this.answers.first(answer => this.answers.all.indexOf(answer) >= before)
    const answer = this.answers.all[before]
    if (answer === undefined) throw new Error('unreachable')
    return answer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n')
      this.#streams.add(response)
      return
    }
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    if (request.url === '/api/routes/answer') this.answers.add(RoutesAnswer.parse(JSON.parse(text)))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  }
}
