/** A hostile controller to a real proxy, and hostile proxies to a real peer and a real service: each goes on by itself once its neighbour is well. */
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { portsFrom } from '../../config/ports.ts'
import { RoutesEvent } from '../../shared/protocol/control.ts'
import { jsonOrNothing } from '../../shared/protocol/json.ts'
import { ProxyEvent } from '../../shared/protocol/local.ts'
import { HistoryPage } from '../../shared/protocol/peer-api.ts'
import { Fleet, type Life } from '../harness/fleet.ts'
import { call } from '../harness/peer-client.ts'
import { sampleMessage } from '../harness/samples.ts'
import { type Draw, draws, seed } from './draw.ts'
import { eventsOf, HostileNeighbour, hostileEvent } from './hostile-neighbour.ts'
import { hostileText, hostileValue, mutated, written } from './mutate.ts'
import { count, report } from './table.ts'
import { type Known, Schema, valid } from './valid.ts'
import { memoryOf, Watch } from './watch.ts'
import { within } from './witness.ts'

const EVENTS = count({ full: 1_000, small: 100 })
const GROWTH_MB = 100

const watch = new Watch()
let fleet: Fleet
beforeAll(async () => {
  console.log(`hostile neighbours: SEED=${seed}`)
  fleet = await Fleet.open({
    config: given => ({
      ...given,
      instances: [
        { kind: 'person', name: 'alice', n: 0, mode: 'manual' },
        { kind: 'person', name: 'bob', n: 1, mode: 'manual' },
        { kind: 'service', name: 'thermometer1', n: 2, service: 'thermometer' },
      ],
    }),
  })
})
afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]()
  watch[Symbol.dispose]()
})

const known: Known = {
  names: ['alice', 'bob', 'mallory', 'H1', '__proto__', 'constructor'],
  uuids: [uuidv4(), uuidv7(), uuidv4()],
  urls: ['http://127.0.0.1:1/v1', 'http://user@127.0.0.1:1/', 'http://x.invalid'],
  hosts: ['127.0.0.1', 'x.invalid', ''],
  ports: [1, 65_535],
}
const schemaOf = (schema: z.ZodType): Schema =>
  Schema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))

/** Answers calls rightly, and with anything while it is not well. */
class Temper {
  isWell = true
  readonly told: { readonly url: string; readonly text: string }[] = []
  readonly #draws: Draw[]
  readonly #well: (url: string, body: unknown) => unknown
  #calls = 0

  constructor(from: number, well: (url: string, body: unknown) => unknown) {
    this.#draws = draws(from, 1_000)
    this.#well = well
  }

  answer({ url, text }: { url: string; text: string }): readonly [number, string] {
    const right = this.#well(url, jsonOrNothing(text))
    if (this.isWell) {
      this.told.push({ url, text })
      return [url.endsWith('/batch') || url.endsWith('/signals') ? 202 : 200, written(right)]
    }
    const draw = this.#draws[this.#calls % this.#draws.length]
    this.#calls += 1
    if (draw === undefined) return [500, '']
    // Who is not let in asks less and less often: that would be all of the test.
    if (url.endsWith('/attach') && !draw.once(8)) return [200, written(right)]
    if (draw.once(3))
      return [
        draw.of([200, 204, 400, 404, 409, 413, 429, 500, 503]),
        written({ error: { code: hostileText(draw), message: hostileText(draw) } }),
      ]
    return [200, written(draw.once(2) ? hostileValue(draw) : mutated(right, draw))]
  }
}

/**
 * Pushes hostile events to a process whose neighbour is out of temper meanwhile.
 * @returns what looks at what they left, once something right was handled behind them, and ends the process
 */
async function provoke(
  life: Life,
  neighbour: HostileNeighbour,
  { temper, schema, from }: { temper: Temper; schema: Schema; from: number },
): Promise<(told: { attack: string; next: string }) => Promise<void>> {
  const { pid } = life
  const before = memoryOf(pid)
  temper.isWell = false
  for (const draw of draws(from, EVENTS)) {
    await within(
      neighbour.push(hostileEvent(valid(schema, { draw, known }), draw)),
      `${life.name} did not come back to its neighbour`,
    )
    if (draw.once(20)) neighbour.breakOff()
  }
  temper.isWell = true
  neighbour.breakOff()
  return async ({ attack, next }) => {
    expect(life.isAlive, life.output).toBe(true)
    expect((await watch.condition(pid)).added).toEqual([])
    const grown = memoryOf(pid) - before
    expect(grown).toBeLessThan(GROWTH_MB)
    await life.stop()
    report({ attack, tried: EVENTS, found: `alive, ${next}, +${Math.max(0, grown).toFixed(0)} MB`, held: true })
  }
}

const Sent = z.object({
  messages: z.array(z.object({ id: z.string(), metadata: z.object({ replyTo: z.string().optional() }) })),
})
const taken = (_: string, body: unknown) => {
  const sent = Sent.safeParse(body).data
  return sent === undefined ? { ok: true } : { results: sent.messages.map(({ id }) => ({ id, state: 'accepted' })) }
}

async function toldWithin(temper: Temper, matches: (text: string) => boolean, problem: string): Promise<void> {
  const heard = async () => {
    while (!temper.told.some(({ text }) => matches(text))) await new Promise(resolve => setTimeout(resolve, 20))
  }
  await within(heard(), problem)
}

const rightly = (neighbour: HostileNeighbour, ...events: unknown[]) =>
  within(neighbour.push(eventsOf(events)), 'nobody came back to a well neighbour')

/** A proxy's right beginning of a stream: whose it is, and one message more than before. */
function greetingOf(name: string): () => unknown[] {
  let store = uuidv4()
  let cursor = 0
  const stream = uuidv4()
  return () => {
    cursor += 1
    // What was pushed meanwhile may have used up the cursors of that disk.
    if (cursor % 5 === 0) store = uuidv4()
    const message = sampleMessage({ message: 'greeting', destination: name })
    return [
      { kind: 'hello', name, store, forgotten: 0 },
      { kind: 'message', cursor, message, placement: { stream, sequence: cursor }, stored: false },
    ]
  }
}

test('a proxy outlives a hostile controller, and takes the next right table', async () => {
  const temper = new Temper(seed, () => ({ ok: true }))
  const document = uuidv4()
  let version = 0
  await using controller = await HostileNeighbour.open(portsFrom(fleet.base).controller, {
    answer: asked => temper.answer(asked),
    greet: () => {
      version += 1
      return [{ kind: 'table', version, endpoints: {}, document }]
    },
  })
  const life = fleet.launch('proxy', 'alice', { env: watch.env })
  await within(life.ready, 'the proxy did not get ready')
  const outlived = await provoke(life, controller, { temper, schema: schemaOf(RoutesEvent), from: seed })
  const endpoints = { bob: { kind: 'peer', host: '127.0.0.1', port: 1 } }
  await rightly(controller, { kind: 'table', version: 7, endpoints, document: uuidv4() })
  await toldWithin(temper, text => /"version":7,"applied":true/.test(text), 'a right table was not applied')
  const { sender: _, ...submission } = sampleMessage()
  expect((await call('POST', `${fleet.proxy(0)}/messages`, submission)).status).toBe(202)
  await outlived({ attack: 'events of a hostile controller', next: 'takes the next right table' })
})

test('a peer outlives a hostile proxy, and shows the next right message', async () => {
  const temper = new Temper(seed + 1, taken)
  await using proxy = await HostileNeighbour.open(portsFrom(fleet.base).proxy(1), {
    answer: asked => temper.answer(asked),
    greet: greetingOf('bob'),
  })
  const life = await fleet.start('peer', 'bob', { env: watch.env })
  const outlived = await provoke(life, proxy, { temper, schema: schemaOf(ProxyEvent), from: seed + 1 })
  const message = sampleMessage({ message: 'well again' })
  await rightly(
    proxy,
    { kind: 'hello', name: 'bob', store: uuidv4(), forgotten: 0 },
    { kind: 'peers', peers: [{ id: 'alice', name: 'alice', kind: 'person', online: true }] },
    { kind: 'message', cursor: 1, message, placement: { stream: uuidv4(), sequence: 1 }, stored: false },
  )
  const shown = async () => {
    for (;;) {
      const { status, body } = await call('GET', `${fleet.peer(1)}/api/conversations/alice/messages`)
      if (status === 200 && HistoryPage.parse(body).messages.some(({ id }) => id === message.id)) return
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  await within(shown(), 'a right message was not shown')
  await outlived({ attack: 'events of a hostile proxy to a peer', next: 'shows the next right message' })
})

test('a service outlives a hostile proxy, and answers the next right command', async () => {
  const temper = new Temper(seed + 2, taken)
  await using proxy = await HostileNeighbour.open(portsFrom(fleet.base).proxy(2), {
    answer: asked => temper.answer(asked),
    greet: greetingOf('thermometer1'),
  })
  const life = await fleet.start('service', 'thermometer1', { env: watch.env })
  const outlived = await provoke(life, proxy, { temper, schema: schemaOf(ProxyEvent), from: seed + 2 })
  const message = sampleMessage({ message: 'range', destination: 'thermometer1' })
  await rightly(
    proxy,
    { kind: 'hello', name: 'thermometer1', store: uuidv4(), forgotten: 0 },
    { kind: 'message', cursor: 1, message, placement: { stream: uuidv4(), sequence: 1 }, stored: false },
  )
  await toldWithin(temper, text => text.includes(`"replyTo":"${message.id}"`), 'a right command was not answered')
  await outlived({ attack: 'events of a hostile proxy to a service', next: 'answers the next right command' })
})
