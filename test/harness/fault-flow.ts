/** One direction of a connection through a fault proxy: passes on piece after piece, and lets the exchange's fault happen. */
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { LOOPBACK } from '../../shared/process/guard.ts'
import type { Direction, Exchange } from './fault-proxy.ts'

export type FlowParts = {
  readonly client: Socket
  readonly server: Socket
  /** The server's port, which the client does not know: it names the fault proxy's. */
  readonly port: number
  readonly isOpen: () => boolean
  /** Resolves once the direction is no longer blocked. */
  readonly opened: () => Promise<void>
  readonly hit: (exchange: Exchange) => void
}

const HEAD_END = '\r\n\r\n'

export class Flow {
  readonly #direction: Direction
  readonly #parts: FlowParts
  /** Pieces pass one after the other, whatever the ones before wait for. */
  #last: Promise<void> = Promise.resolve()
  #head: Buffer = Buffer.alloc(0)
  #headOf: Exchange | undefined

  constructor(direction: Direction, parts: FlowParts) {
    this.#direction = direction
    this.#parts = parts
  }

  take(piece: Buffer, exchange: Exchange): void {
    const ready = this.#direction === 'request' ? this.#addressed(piece, exchange) : piece
    if (ready.length > 0) this.#then(() => this.#pass(ready, exchange))
  }

  /** The side that speaks is gone; the other is told after all that was said. */
  end(): void {
    const { client, server } = this.#parts
    this.#then(async () => {
      const listener = this.#direction === 'request' ? server : client
      listener.destroySoon()
    })
  }

  #then(work: () => Promise<void>): void {
    this.#last = this.#last.then(async () => {
      if (!this.#parts.isOpen()) await this.#parts.opened()
      await work()
    })
  }

  async #pass(piece: Buffer, exchange: Exchange): Promise<void> {
    const { client, server, hit } = this.#parts
    const target = this.#direction === 'request' ? server : client
    const { fault, passed } = exchange
    const before = passed[this.#direction]
    passed[this.#direction] += piece.length
    const here = fault?.in === this.#direction && !exchange.hit ? fault : undefined
    const place = (here?.after ?? 0) - before
    if (here === undefined || place >= piece.length || !(here.when?.(exchange.request, piece) ?? true)) {
      target.write(piece)
      return
    }
    hit(exchange)
    const first = piece.subarray(0, Math.max(0, place))
    if (first.length > 0) target.write(first)
    if (here.kind === 'stall') {
      await pause(here.ms)
      target.write(piece.subarray(first.length))
    } else if (here.kind === 'reset') {
      client.resetAndDestroy()
      server.resetAndDestroy()
    } else {
      client.destroySoon()
      server.destroySoon()
    }
  }

  /** Holds a request's head back until it is whole, and names the server in it, which answers only to its own address. */
  #addressed(piece: Buffer, exchange: Exchange): Buffer {
    if (this.#headOf === exchange) {
      if (this.#head.length === 0) return piece
    } else {
      this.#headOf = exchange
      this.#head = Buffer.alloc(0)
    }
    this.#head = Buffer.concat([this.#head, piece])
    const end = this.#head.indexOf(HEAD_END)
    if (end < 0) return Buffer.alloc(0)
    const head = this.#head.subarray(0, end).toString('latin1')
    const rest = this.#head.subarray(end)
    this.#head = Buffer.alloc(0)
    const named = head.replace(/^host: .*$/im, `host: ${LOOPBACK}:${this.#parts.port}`)
    return Buffer.concat([Buffer.from(named, 'latin1'), rest])
  }
}
