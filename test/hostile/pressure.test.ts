/** Attacks on memory and time: under each, others are served, memory stays bounded, and all of it is back soon after. */
import { once } from 'node:events'
import { Agent, createServer, request, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NO_USAGE, REPORT_ROWS } from '../../shared/protocol/usage.ts'
import { PeerClient } from '../harness/peer-client.ts'
import { together } from './deliver.ts'
import { seed } from './draw.ts'
import { Ground } from './ground.ts'
import { addressOf } from './hostile-upstream.ts'
import { type Cost, costOf, inFigures, Others } from './pressure.ts'
import { beginning, piece, SpeakingUpstream } from './speaking-upstream.ts'
import { isFull, report } from './table.ts'
import { addRoutes, OURS } from './tables.ts'

/** What is promised, and told in the table: so much slower at most, and so much memory. */
const MOST_RATIO = 2
/** Below this a ratio is that of two noises, in milliseconds. */
const NOISE_MS = 25
const MOST_MB = 100
/** What fails the test: memory that nobody bounds. How slow others are tells more of the machine than of the code. */
const UNBOUNDED_MB = 400

let ground: Ground
let others: Others
beforeAll(async () => {
  ground = await Ground.open(seed)
  others = new Others(callsOfOthers())
})
afterAll(async () => {
  others?.[Symbol.dispose]()
  await ground?.[Symbol.asyncDispose]()
})

const callsOfOthers = () => [
  ...[`${ground.peer('alice')}/api/me`, `${ground.peer('bob')}/api/conversations`, `${ground.proxy('bob')}/peers`],
  ...[`${ground.proxy('alice')}/peers`, `${ground.overlay.controller}/api/proxies`],
]

async function judged(attack: string, tried: () => number, begin: () => Promise<AsyncDisposable>): Promise<void> {
  const cost: Cost = await costOf(begin, { pids: ground.pids, others })
  const isSlow = cost.attackedMs > NOISE_MS && cost.attackedMs / cost.quietMs > MOST_RATIO
  const held = !isSlow && cost.most.mb <= MOST_MB && cost.sumMb <= MOST_MB && !Number.isNaN(cost.backMs)
  report({ attack, tried: tried(), found: inFigures(cost), held })
  expect(cost.sumMb, inFigures(cost)).toBeLessThan(UNBOUNDED_MB)
  expect(tried()).toBeGreaterThan(0)
  expect(await ground.restarts()).toEqual([])
}

/** Writes the same bytes again and again, as fast as they are taken, until the reader has had enough. */
async function endlessly(response: ServerResponse, bytes: string): Promise<void> {
  const source = Readable.from(
    (function* () {
      for (;;) yield bytes
    })(),
  )
  await pipeline(source, response).catch(() => undefined)
}

const repeating = (act: () => Promise<void>): AsyncDisposable => {
  let goesOn = true
  const work = (async () => {
    while (goesOn) await act()
  })()
  work.catch(() => undefined)
  return {
    [Symbol.asyncDispose]: async () => {
      goesOn = false
      await work
    },
  }
}

const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

test.runIf(isFull)('slow sockets, readers that do not read, and a gzip bomb', async () => {
  const sockets: Socket[] = []
  const host = (port: number) => `Host: 127.0.0.1:${port}\r\n`
  const open = (origin: string, text: (port: number) => string): void => {
    const port = Number(new URL(origin).port)
    const socket = connect(port, '127.0.0.1', () => socket.write(text(port)))
    socket.on('error', () => {})
    socket.pause()
    sockets.push(socket)
  }
  const bomb = gzipSync(Buffer.alloc(100_000_000))
  const targets = [ground.peer('alice'), ground.proxy('alice'), ground.overlay.controller]
  let tried = 0
  const begin = async () => {
    for (let n = 0; n < 1_000; n += 1)
      open(
        targets[n % 3] ?? '',
        port => `POST /api/x HTTP/1.1\r\n${host(port)}content-length: 1000\r\ncontent-type: application/json\r\n\r\n{`,
      )
    for (let n = 0; n < 500; n += 1)
      open(targets[n % 3] ?? '', port => `GET ${n % 3 === 1 ? '/events' : '/api/events'} HTTP/1.1\r\n${host(port)}\r\n`)
    tried = sockets.length
    const dribble = setInterval(() => {
      for (const socket of sockets.slice(0, 1_000)) if (!socket.destroyed) socket.write(' ')
    }, 1_000)
    const bombing = repeating(async () => {
      tried += 1
      const response = await fetch(`${ground.peer('alice')}/api/conversations/bob/messages`, {
        method: 'POST',
        body: bomb,
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      }).catch(() => undefined)
      if (response !== undefined) expect(response.status).toBe(415)
      await pause(200)
    })
    return {
      [Symbol.asyncDispose]: async () => {
        clearInterval(dribble)
        await bombing[Symbol.asyncDispose]()
        for (const socket of sockets) socket.destroy()
      },
    }
  }
  await judged('1,000 slow sockets, 500 stalled event streams, a gzip bomb', () => tried, begin)
})

test.runIf(isFull)('an acknowledgement without an end', async () => {
  let asked = 0
  const server = createServer((incoming, response) => {
    asked += 1
    incoming.resume()
    response.on('error', () => {})
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"continues":true,"acknowledged":1,"refused":[{"sequence":1,"reason":"')
    void endlessly(response, 'x'.repeat(65_536))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await addRoutes(ground.owner('alice'), {
    endless: { kind: 'peer', host: '127.0.0.1', port: addressOf(server).port },
  })
  using alice = await PeerClient.connect(ground.peer('alice'))
  await judged(
    'an endless acknowledgement',
    () => asked,
    async () => {
      await alice.send('endless', 'acknowledge this')
      return { [Symbol.asyncDispose]: async () => void server.closeAllConnections() }
    },
  )
  server.close()
  server.closeAllConnections()
})

test.runIf(isFull)('an answer without an end, in pieces and in one line', async () => {
  await using upstream = await SpeakingUpstream.open(async ({ kind }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(beginning(kind))
    if (upstreamTurn++ % 2 === 0) await endlessly(response, piece(kind, 'words '.repeat(2_000)))
    else await endlessly(response, 'x'.repeat(65_536))
  })
  let upstreamTurn = 0
  const api = (kind: 'openai' | 'gemini') => ({
    kind,
    baseUrl: upstream.baseUrl(kind),
    model: 'm',
    timeoutMs: 20_000,
    ...OURS,
  })
  await addRoutes(ground.owner('alice'), { E1: api('openai'), E2: api('gemini') })
  using alice = await PeerClient.connect(ground.peer('alice'))
  await judged(
    'an endless answer',
    () => upstream.asked,
    async () => {
      return repeating(async () => {
        await Promise.all(['E1', 'E2'].map(name => alice.send(name, 'tell me everything')))
        await pause(700)
      })
    },
  )
})

test.runIf(isFull)('20,000 invented senders', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  let sent = 0
  const commands = Array.from({ length: 10 }, (_, n) => `command ${n} `.padEnd(100, 'x'))
  const send = () =>
    new Promise<void>(resolve => {
      sent += 1
      const from = `invented-${sent % 20_000}`
      const batch = {
        from,
        to: 'alice',
        stream: uuidv4(),
        begin: 1,
        oldest: 1,
        messages: [],
        receipts: [],
        presence: { kind: 'service', online: true, commands, displayName: from },
        signals: [],
      }
      const outgoing = request(
        `${ground.proxy('alice')}/overlay/messages`,
        { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
        response => {
          response.resume().once('close', resolve)
        },
      )
      outgoing.on('error', () => resolve()).end(JSON.stringify(batch))
    })
  await judged(
    '20,000 invented senders',
    () => sent,
    async () => repeating(() => together(Array.from({ length: 320 }), 32, send)),
  )
  // All of them, also on a machine where the windows were too short.
  await together(Array.from({ length: Math.max(0, 20_000 - sent) }), 32, send)
  agent.destroy()
  expect(sent).toBeGreaterThanOrEqual(20_000)
})

test.runIf(isFull)('64 readers of a page that do not read', async () => {
  const port = Number(new URL(ground.peer('alice')).port)
  const sockets: Socket[] = []
  using bob = await PeerClient.connect(ground.peer('bob'))
  let sent = 0
  // What they do not read comes in the quiet phase as well.
  await using _sending = repeating(async () => {
    sent += 1
    await bob.send('alice', `${sent} ${'x'.repeat(60_000)}`)
    await pause(25)
  })
  await judged(
    '64 stalled readers of one page',
    () => sockets.length,
    async () => {
      for (let n = 0; n < 64; n += 1) {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(`GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`),
        )
        socket.on('error', () => {}).pause()
        sockets.push(socket)
      }
      return {
        [Symbol.asyncDispose]: async () => {
          for (const socket of sockets) socket.destroy()
        },
      }
    },
  )
})

test.runIf(isFull)('usage reports without an end', async () => {
  let rows = 0
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${ground.key}` }
  const counts = { ...NO_USAGE, calls: 1, input: 1, timed: 1 }
  const day = new Date().toISOString().slice(0, 10)
  let revision = 0
  const store = uuidv7()
  await judged(
    'usage reports of invented models',
    () => rows,
    async () =>
      repeating(async () => {
        const report = Array.from({ length: REPORT_ROWS }, () => {
          revision += 1
          return {
            day,
            route: 'GPT',
            model: `invented-${revision}`.padEnd(100, 'x'),
            currency: null,
            demo: false,
            revision,
            ...counts,
          }
        })
        const body = JSON.stringify({ name: 'carol', store, after: revision - report.length, rows: report })
        const response = await fetch(`${ground.overlay.controller}/api/usage`, { method: 'POST', headers, body })
        if (response.ok) rows += report.length
        await response.text()
        await pause(50)
      }),
  )
  expect(rows).toBeGreaterThan(0)
})
