/** What translating alone takes of the processor: a question into a request, and a stream of 200 pieces into an answer. */
import { DEMO_KEYS } from '../../config/demo.ts'
import { startDemoProvider } from '../../proxy/demo/server.ts'
import { eventsOf } from '../../proxy/providers/event-stream.ts'
import type { Provider } from '../../proxy/providers/provider.ts'
import { loadProvider } from '../../proxy/providers/registry.ts'
import { Secret } from '../../shared/process/secret.ts'
import { API_KINDS, type ApiKind, ApiRoute } from '../../shared/protocol/route.ts'
import { median } from '../harness/quantile.ts'
import type { Figure } from './figure.ts'

const DECODER = new TextDecoder()
const PIECES = 200
const TIMES = 300
const MODELS = {
  openai: 'gpt-4.1-mini',
  anthropic: 'claude-sonnet-5-5',
  gemini: 'gemini-2.5-flash',
  mistral: 'mistral-small-latest',
} as const satisfies Record<ApiKind, string>

/** A conversation of ten turns, the last of which has the demonstration provider answer in so many pieces. */
const question = {
  system: 'You are a patient teacher of chess.',
  turns: [
    ...Array.from({ length: 9 }, (_, n) => ({
      role: n % 2 === 0 ? ('user' as const) : ('assistant' as const),
      text: 'The knight moves two squares one way and one square the other way. '.repeat(5),
    })),
    { role: 'assistant' as const, text: 'Indeed.' },
    { role: 'user' as const, text: `[[long ${PIECES}]]` },
  ],
}

export async function translation(): Promise<Figure[]> {
  await using demo = await startDemoProvider({ port: 0, pieceMs: 0 })
  const figures: Figure[] = []
  for (const kind of API_KINDS) {
    const route = ApiRoute.parse({ kind, baseUrl: demo.baseUrls[kind], model: MODELS[kind], credential: kind })
    const { measured, floor } = await timed(await loadProvider(kind), route)
    const name = `AI, translation alone, ${kind}, processor`
    figures.push({ name, measured, unit: 'ms', aim: { atMost: 1 }, floor })
  }
  return figures
}

/** The floor is to write the request as JSON, and to cut the stream into its events and read those as JSON. */
async function timed(provider: Provider, route: ApiRoute): Promise<{ measured: number; floor: number }> {
  const key = new Secret(DEMO_KEYS[route.kind])
  const translate = () => {
    const { url, headers, body } = provider.toRequest(route, question, key)
    return { url, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
  }
  const { url, ...request } = translate()
  const stream = new Uint8Array(await (await fetch(url, { method: 'POST', ...request })).arrayBuffer())
  const { body } = provider.toRequest(route, question, key)
  const whole = async () => {
    translate()
    const pieces = await read(provider, { route, stream })
    if (pieces < PIECES) throw new Error(`${route.kind} answered in ${pieces} pieces`)
  }
  const bare = async () => {
    JSON.stringify(body)
    for await (const chunk of chunks(stream)) DECODER.decode(chunk, { stream: true })
    for (const [, data = ''] of DECODER.decode(stream).matchAll(/^data: (\{.*\})\r?$/gm)) JSON.parse(data)
  }
  const times = { whole: [] as number[], bare: [] as number[] }
  for (let n = -TIMES; n < TIMES; n += 1) {
    const [measured, floor] = [await processorTime(whole), await processorTime(bare)]
    if (n < 0) continue
    times.whole.push(measured)
    times.bare.push(floor)
  }
  return { measured: median(times.whole), floor: median(times.bare) }
}

async function processorTime(work: () => Promise<void>): Promise<number> {
  const began = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1_000
}

/** In chunks of about one piece, as they come from a provider. @returns how many pieces of text it held */
async function read(provider: Provider, { route, stream }: { route: ApiRoute; stream: Uint8Array }): Promise<number> {
  const reader = provider.createReader(route)
  let pieces = 0
  for await (const event of eventsOf(chunks(stream)))
    for (const { kind } of reader.read(event)) if (kind === 'text') pieces += 1
  reader.finish()
  return pieces
}

async function* chunks(stream: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = Math.ceil(stream.length / PIECES)
  for (let at = 0; at < stream.length; at += size) yield stream.subarray(at, at + size)
}
