/** A keep-alive connection that POSTs, one request in flight: it reads no more of an answer than status and length. */
import { connect, type Socket } from 'node:net'

type Waiting = { readonly resolve: (status: number) => void; readonly reject: (error: Error) => void }

export class Connection implements Disposable {
  readonly #socket: Socket
  readonly #head: string
  #waiting: Waiting | undefined
  #heard = ''

  private constructor(socket: Socket, url: URL) {
    this.#socket = socket
    this.#head = `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\n`
    socket.setNoDelay(true).setEncoding('latin1')
    socket.on('data', (text: string) => this.#hear(text))
    socket.once('close', () => this.#waiting?.reject(new Error(`${url.host} closed a connection`)))
  }

  static open(url: URL): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: url.hostname, port: Number(url.port) }, () => resolve(new Connection(socket, url)))
      socket.on('error', reject)
    })
  }

  /** @returns the status, once the whole answer is there */
  post(body: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(`${this.#head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    })
  }

  [Symbol.dispose](): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  #hear(text: string): void {
    this.#heard += text
    const end = this.#heard.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#heard)?.[1] ?? 0)
    if (this.#heard.length < end + 4 + length) return
    const status = Number(this.#heard.slice(9, 12))
    const waiting = this.#waiting
    this.#heard = ''
    this.#waiting = undefined
    waiting?.resolve(status)
  }
}
