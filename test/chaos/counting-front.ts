/** A port that counts who comes: it turns everybody away, or passes them on to where a process really listens. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { LOOPBACK } from '../../shared/process/guard.ts'

export type Arrival = { readonly at: number; readonly path: string }

const REQUEST = /^(?:GET|POST|PUT|DELETE) (\S+) HTTP\/1\.1\r?$/gm

export class CountingFront implements AsyncDisposable {
  /** Every request that began, with the time in milliseconds; several may come over one connection. */
  readonly requests: Arrival[] = []
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(target: number | undefined) {
    this.#server = createServer(socket => {
      this.connections += 1
      this.#keep(socket)
      socket.on('data', data => this.#count(data))
      // Half a connection is none: without a target the request is read and the connection is broken.
      if (target === undefined) socket.once('data', () => socket.destroy())
      else this.#pass(socket, target)
    })
  }

  /** @param target the port to pass everything on to; nothing is answered without one */
  static async open(port: number, target?: number): Promise<CountingFront> {
    const front = new CountingFront(target)
    await once(front.#server.listen(port, LOOPBACK), 'listening')
    return front
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #pass(socket: Socket, target: number): void {
    const onward = connect(target, LOOPBACK)
    this.#keep(onward)
    socket.pipe(onward)
    onward.pipe(socket)
    socket.once('close', () => onward.destroy())
    onward.once('close', () => socket.destroy())
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #count(data: Buffer): void {
    for (const [, path = ''] of data.toString('latin1').matchAll(REQUEST))
      this.requests.push({ at: performance.now(), path })
  }
}
