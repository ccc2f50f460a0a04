/**
 * A TCP proxy that breaks what it passes on, put between two proxies of the overlay. It knows of HTTP only what it needs: that
 * a client speaks and then a server, and where the head ends in which the client names the address it believes to speak to.
 */
import { once } from 'node:events'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { LOOPBACK } from '../../shared/process/guard.ts'
import { Flow } from './fault-flow.ts'

export type Direction = 'request' | 'response'

/**
 * What happens to one exchange, a request and its response. `after` counts bytes of the named direction that still pass: a cut
 * after none of the response loses the answer when the server has already done what was asked. A fault with `when` happens
 * only if the request, as it was written so far, and the piece that would pass fulfil it.
 */
export type Fault = {
  readonly in: Direction
  readonly after: number
  readonly when?: (request: Buffer, piece: Buffer) => boolean
} & (
  | { readonly kind: 'stall'; readonly ms: number }
  /** `reset` sends RST to both sides, `truncate` ends the connection as if all had been said. */
  | { readonly kind: 'reset' | 'truncate' }
)
export type Plan = () => Fault | undefined

/** `injected`: exchanges for which a fault was planned; `hit`: faults that bytes of an exchange met. */
export type FaultCounts = { exchanges: number; injected: number; hit: number }

/** One request and its response, as far as they have come. */
export type Exchange = {
  readonly fault: Fault | undefined
  request: Buffer
  answered: boolean
  hit: boolean
  readonly passed: Record<Direction, number>
}

export class FaultProxy implements AsyncDisposable {
  readonly port: number
  readonly counts: FaultCounts = { exchanges: 0, injected: 0, hit: 0 }
  /** Pieces that arrived while their direction was blocked. */
  held = 0
  /** Asked once for each exchange. */
  plan: Plan = () => undefined
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #blocked = new Map<Direction, { opened: Promise<void>; open: () => void }>()

  private constructor(server: Server, ports: { own: number; target: number }) {
    this.#server = server
    this.port = ports.own
    server.on('connection', socket => this.#pass(socket, ports.target))
  }

  /** Listens on a port of its own and passes on to `target` on this machine. */
  static async open(target: number): Promise<FaultProxy> {
    const server = createServer({ noDelay: true }).listen(0, LOOPBACK)
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
    return new FaultProxy(server, { own: address.port, target })
  }

  /** From now on nothing passes in these directions. What is sent meanwhile arrives after {@link heal}, as a network would repeat it. */
  block(...directions: Direction[]): void {
    for (const direction of directions) {
      if (this.#blocked.has(direction)) continue
      let open = () => {}
      const opened = new Promise<void>(resolve => {
        open = resolve
      })
      this.#blocked.set(direction, { opened, open })
    }
  }

  heal(): void {
    for (const { open } of this.#blocked.values()) open()
    this.#blocked.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    this.heal()
    await once(this.#server, 'close')
  }

  #pass(client: Socket, target: number): void {
    const server = createConnection({ port: target, host: LOOPBACK, noDelay: true })
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      // A reset is followed by `close`, where the other side is told.
      socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket))
    }
    const both = { client, server }
    const gate = (direction: Direction) => ({
      isOpen: () => !this.#blocked.has(direction),
      opened: async () => {
        this.held += 1
        for (let wait = this.#blocked.get(direction); wait !== undefined; wait = this.#blocked.get(direction))
          await wait.opened
      },
      hit: (exchange: Exchange) => {
        if (!exchange.hit) this.counts.hit += 1
        exchange.hit = true
      },
    })
    const requests = new Flow('request', { ...both, ...gate('request'), port: target })
    const responses = new Flow('response', { ...both, ...gate('response'), port: target })
    let exchange: Exchange | undefined
    client.on('data', piece => {
      if (exchange === undefined || exchange.answered) exchange = this.#begin()
      exchange.request = Buffer.concat([exchange.request, piece])
      requests.take(piece, exchange)
    })
    server.on('data', piece => {
      exchange ??= this.#begin()
      exchange.answered = true
      responses.take(piece, exchange)
    })
    client.once('close', () => requests.end())
    server.once('close', () => responses.end())
  }

  #begin(): Exchange {
    const fault = this.plan()
    this.counts.exchanges += 1
    if (fault !== undefined) this.counts.injected += 1
    return { fault, request: Buffer.alloc(0), answered: false, hit: false, passed: { request: 0, response: 0 } }
  }
}
