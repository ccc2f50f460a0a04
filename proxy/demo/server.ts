/**
 * The demonstration provider: one server that speaks the wire formats of all four APIs strictly, so that everything can be
 * tried without an account. It keeps nothing and asks nobody.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import { DEMO_KEYS, DEMO_PATHS } from '../../config/demo.ts'
import { boundedText } from '../../shared/process/bounded-body.ts'
import { BODY_BYTES, hostProblem, refuse } from '../../shared/process/guard.ts'
import type { ApiKind } from '../../shared/protocol/route.ts'
import { anthropicWire } from './anthropic/anthropic-wire.ts'
import type { DemoCall } from './calls.ts'
import { Calls } from './calls.ts'
import { geminiWire } from './gemini/gemini-wire.ts'
import type { Service } from './handler.ts'
import { Handler } from './handler.ts'
import { mistralWire } from './mistral/mistral-wire.ts'
import { openaiWire } from './openai/openai-wire.ts'

export type DemoOptions = {
  /** 0 takes any free port. */
  readonly port: number
  readonly host?: string
  readonly keys?: Partial<Record<ApiKind, string>>
  /** Mean pause before a piece, in milliseconds. */
  readonly pieceMs?: number
  readonly onCall?: (call: DemoCall) => void
  readonly now?: () => number
}

export interface DemoProvider extends AsyncDisposable {
  readonly port: number
  /** What a route of each kind takes as its `baseUrl`. */
  readonly baseUrls: Readonly<Record<ApiKind, string>>
  /** The last requests, oldest first. */
  readonly calls: readonly DemoCall[]
}

const PATHS = {
  openai: '/chat/completions',
  anthropic: '/messages',
  gemini: '/models/:call',
  mistral: '/chat/completions',
} as const satisfies Record<ApiKind, string>

/** Resolves when the server listens; rejects when it cannot, for example because the port is taken. */
export async function startDemoProvider(options: DemoOptions): Promise<DemoProvider> {
  const { host = '127.0.0.1', pieceMs = 30, now = Date.now } = options
  const calls = new Calls(options.onCall)
  const app = appOf(new Handler({ calls, pieceMs, now }), { ...DEMO_KEYS, ...options.keys })
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => {
    const problem = hostProblem(request, { host, port: portOf(server) })
    if (problem === undefined) void answer(request, response)
    else refuse(response, problem)
  })
  server.listen(options.port, host)
  await once(server, 'listening')
  const port = portOf(server)
  const base = (path: string): string => `http://${host}:${port}${path}`
  const { openai, anthropic, gemini, mistral } = DEMO_PATHS
  return {
    port,
    baseUrls: { openai: base(openai), anthropic: base(anthropic), gemini: base(gemini), mistral: base(mistral) },
    calls: calls.list,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

function appOf(handler: Handler, keys: Readonly<Record<ApiKind, string>>): Hono<{ Bindings: HttpBindings }> {
  const services: readonly Service[] = [
    { kind: 'openai', wire: openaiWire, key: keys.openai, newline: '\n' },
    { kind: 'anthropic', wire: anthropicWire, key: keys.anthropic, newline: '\n' },
    { kind: 'gemini', wire: geminiWire, key: keys.gemini, newline: '\r\n' },
    { kind: 'mistral', wire: mistralWire, key: keys.mistral, newline: '\n' },
  ]
  const app = new Hono<{ Bindings: HttpBindings }>()
  for (const service of services) {
    app.post(`${DEMO_PATHS[service.kind]}${PATHS[service.kind]}`, async c => {
      const { pathname, search, searchParams } = new URL(c.req.url)
      const tail = decodeURIComponent(pathname.split('/').at(-1) ?? '')
      const { headers } = c.env.incoming
      const text = await boundedText(c.env.incoming, { bytes: BODY_BYTES, what: 'The question' })
      const request = { headers, tail, query: searchParams, path: pathname + search, text }
      await handler.handle(service, request, c.env.outgoing)
      return RESPONSE_ALREADY_SENT
    })
    app.get(`${DEMO_PATHS[service.kind]}/models/:model?`, async c => {
      const { pathname, search, searchParams } = new URL(c.req.url)
      const tail = decodeURIComponent(pathname.split('/').at(-1) ?? '')
      const request = { headers: c.env.incoming.headers, tail, query: searchParams, path: pathname + search }
      await handler.list(service, request, c.env.outgoing)
      return RESPONSE_ALREADY_SENT
    })
  }
  app.get('/healthz', c => c.json({ status: 'ok' }))
  return app
}
