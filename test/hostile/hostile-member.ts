/** A proxy that stands in everybody's table and keeps to nothing: it answers batches with whatever comes, and remembers what it hears. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { v4 as uuidv4 } from 'uuid'
import { jsonOrNothing } from '../../shared/protocol/json.ts'
import { Batch } from '../../shared/protocol/overlay.ts'
import { type Draw, draws } from './draw.ts'
import { addressOf } from './hostile-upstream.ts'
import { damaged, hostileText, hostileValue, mutated, written } from './mutate.ts'

/** Ids that are remembered, so that hostile requests can use them. */
const REMEMBERED = 500

export class HostileMember implements AsyncDisposable {
  readonly answered = new Map<string, number>()
  /** Streams and messages that it was sent. */
  readonly heard: string[] = []
  readonly #server: Server
  readonly #draws: Draw[]
  #batches = 0

  private constructor(seed: number) {
    this.#draws = draws(seed, 5_000)
    this.#server = createServer(
      (request, response) => void this.#serve(request, response).catch(() => response.destroy()),
    )
  }

  static async open(seed: number): Promise<HostileMember> {
    const member = new HostileMember(seed)
    await once(member.#server.listen(0, '127.0.0.1'), 'listening')
    return member
  }

  get port(): number {
    return addressOf(this.#server).port
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const batch = Batch.safeParse(jsonOrNothing(text)).data
    if (batch !== undefined) this.#remember(batch)
    const draw = this.#draws[this.#batches % this.#draws.length]
    this.#batches += 1
    if (draw === undefined) return
    const right = acknowledging(batch, draw)
    const [kind, status, body] = wrong(right, draw)
    this.answered.set(kind, (this.answered.get(kind) ?? 0) + 1)
    response.on('error', () => {})
    response.writeHead(status, { 'content-type': 'application/json' })
    if (draw.once(10)) {
      response.write(body)
      setTimeout(() => response.destroy(), 5)
    } else response.end(body)
  }

  #remember({ stream, messages }: Batch): void {
    this.heard.push(stream, ...messages.flatMap(({ message }) => message?.id ?? []))
    this.heard.splice(0, this.heard.length - REMEMBERED)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}

const acknowledging = (batch: Batch | undefined, draw: Draw) => {
  const last = batch?.messages.at(-1)?.sequence ?? 0
  return {
    continues: !draw.once(5),
    acknowledged: draw.of([0, last, last + 1, last - 1, last + 1_000, 2 ** 40, 2 ** 53 - 1]),
    refused:
      batch?.messages.slice(0, draw.below(3)).map(({ sequence }) => ({ sequence, reason: hostileText(draw) })) ?? [],
    receipts: {
      stream: draw.once(3) ? uuidv4() : batch?.stream,
      received: draw.of([0, last, 2 ** 40, 2 ** 53 - 1]),
      read: draw.of([0, last, 2 ** 53 - 1]),
    },
    presence: {
      kind: draw.of(['person', 'ai', 'service']),
      online: draw.once(2),
      commands: Array.from({ length: draw.below(5) }, () => hostileText(draw).slice(0, 100)),
      displayName: hostileText(draw),
    },
  }
}

function wrong(right: unknown, draw: Draw): [string, number, string | Buffer] {
  switch (draw.below(6)) {
    case 0:
      return ['plausible', 200, written(right)]
    case 1:
      return ['random', 200, written(hostileValue(draw))]
    case 2:
      return ['damaged', 200, damaged(written(right), draw)]
    case 3:
      return [
        'a status',
        draw.of([201, 204, 301, 400, 404, 413, 422, 429, 500, 503, 507]) ?? 500,
        written({ error: { code: hostileText(draw), message: hostileText(draw), field: hostileValue(draw) } }),
      ]
    default:
      return ['mutated', 200, written(mutated(right, draw))]
  }
}
