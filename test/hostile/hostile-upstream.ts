/** A provider that answers what no provider should: damaged recordings, random bytes, endless lines, wrong headers; now and then rightly. */
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { jsonOrNothing } from '../../shared/protocol/json.ts'
import { API_KINDS, type ApiKind } from '../../shared/protocol/route.ts'
import { type Draw, draws } from './draw.ts'
import { damaged, hostileText, hostileValue, mutated, written } from './mutate.ts'

const RECORDED = join(import.meta.dirname, '..', '..', 'proxy', 'providers', 'recorded')
const recordings = (kind: ApiKind): string[] =>
  readdirSync(join(RECORDED, kind))
    .filter(name => name.endsWith('.sse'))
    .map(name => readFileSync(join(RECORDED, kind, name), 'utf8'))
const rightAnswer = (kind: ApiKind): string => readFileSync(join(RECORDED, kind, 'answer.sse'), 'utf8')

/** Longest line without an end, and all of one answer, in bytes: no attack on memory, which has a test of its own. */
const LONG = 700_000
const STATUSES = [
  201, 204, 206, 300, 301, 302, 307, 308, 400, 401, 402, 403, 404, 408, 413, 418, 422, 429, 451, 500, 501, 502, 503,
  504, 529, 599, 999,
]

type Reply = {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Buffer
  readonly breaksOff: boolean
}

export class HostileUpstream implements AsyncDisposable {
  /** How many questions were answered, by what kind of answer. */
  readonly answered = new Map<string, number>()
  readonly #server: Server
  readonly #draws: Draw[]
  readonly #texts: Readonly<Record<ApiKind, readonly string[]>>
  #questions = 0

  private constructor(seed: number) {
    this.#draws = draws(seed, 5_000)
    const [openai, anthropic, gemini, mistral] = [
      recordings('openai'),
      recordings('anthropic'),
      recordings('gemini'),
      recordings('mistral'),
    ]
    this.#texts = { openai, anthropic, gemini, mistral }
    this.#server = createServer({ maxHeaderSize: 100_000 }, (request, response) => void this.#serve(request, response))
  }

  static async open(seed: number): Promise<HostileUpstream> {
    const upstream = new HostileUpstream(seed)
    await once(upstream.#server.listen(0, '127.0.0.1'), 'listening')
    return upstream
  }

  get port(): number {
    return addressOf(this.#server).port
  }

  /** What a route of a kind takes as its `baseUrl`. */
  baseUrl(kind: ApiKind): string {
    return `http://127.0.0.1:${this.port}/${kind}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {}).resume()
    response.on('error', () => {})
    const kind = API_KINDS.find(one => request.url?.startsWith(`/${one}/`)) ?? 'openai'
    const draw = this.#draws[this.#questions % this.#draws.length]
    this.#questions += 1
    if (draw === undefined) return
    // Rightly often enough that no breaker leaves the route alone for long.
    const isRight = this.#questions % 3 === 0
    const [name, reply] = isRight ? (['right', stream(rightAnswer(kind))] as const) : this.#wrong(kind, draw)
    this.answered.set(name, (this.answered.get(name) ?? 0) + 1)
    try {
      response.writeHead(reply.status, reply.headers)
      response.write(reply.body)
      if (reply.breaksOff) setTimeout(() => response.destroy(), 5)
      else response.end()
    } catch {
      // Node itself refuses to send it.
      response.destroy()
    }
  }

  #wrong(kind: ApiKind, draw: Draw): [string, Reply] {
    const recorded = draw.of(this.#texts[kind]) ?? ''
    switch (draw.below(9)) {
      case 0:
        return [
          'random bytes',
          stream(Buffer.concat(Array.from({ length: 1 + draw.below(50) }, () => draw.bytes())), draw),
        ]
      case 1:
        return ['damaged recording', stream(damaged(recorded, draw), draw)]
      case 2:
        return [
          'a long line',
          stream(
            `data: ${draw.once(2) ? '{"choices":[{"delta":{"content":"' : ''}${(draw.of(['x', ' ', '\\u0000', '[', '"']) ?? '').repeat(draw.below(LONG))}`,
            draw,
          ),
        ]
      case 3:
        return [
          'a status',
          {
            ...stream(
              draw.once(2) ? written({ error: hostileValue(draw), message: hostileText(draw) }) : hostileText(draw),
              draw,
            ),
            status: draw.of(STATUSES) ?? 500,
          },
        ]
      case 4:
        return ['wrong headers', { ...stream(recorded, draw), headers: hostileHeaders(draw) }]
      case 5:
        return [
          'compressed',
          {
            ...stream(gzipSync(Buffer.alloc(draw.below(LONG * 4), 'data: x\n\n')), draw),
            headers: {
              'content-type': 'text/event-stream',
              'content-encoding': draw.of(['gzip', 'br', 'deflate', 'zstd', 'x', 'gzip, gzip']) ?? '',
            },
          },
        ]
      default:
        return ['mutated events', stream(mutatedEvents(recorded, draw), draw)]
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}

export function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address
}

const stream = (body: string | Buffer, draw?: Draw): Reply => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: Buffer.from(body),
  breaksOff: draw?.once(3) ?? false,
})

function hostileHeaders(draw: Draw): Record<string, string> {
  const some = [
    { 'content-type': draw.of(['text/html', 'application/json', 'text/event-stream; charset=utf-16', 'x', '']) ?? '' },
    { 'content-length': draw.of(['5', '0']) ?? '' },
    { 'retry-after': draw.of(['-1', '1e99', '99999999999', 'Thu, 01 Jan 1970 00:00:00 GMT', '\u00ff', 'NaN']) ?? '' },
    { location: draw.of(['http://127.0.0.1:1/', '//evil.invalid', '/openai/v1/chat/completions']) ?? '' },
    { 'x-long': 'y'.repeat(draw.of([10, 8_000, 40_000]) ?? 0) },
    { 'set-cookie': 'a=b; Path=/', 'transfer-encoding': 'chunked' },
  ]
  return { 'content-type': 'text/event-stream', ...draw.of(some) }
}

/** Of some of its events the JSON is hostile at one place, or the event is there again. */
const mutatedEvents = (text: string, draw: Draw): string =>
  text
    .split('\n')
    .flatMap(line => {
      const json = line.startsWith('data: ') ? jsonOrNothing(line.slice(6)) : undefined
      if (json === undefined || !draw.once(3)) return draw.once(12) ? [line, line] : [line]
      return [`data: ${written(mutated(json, draw))}`]
    })
    .join('\n')
