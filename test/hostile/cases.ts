/** One hostile request: a valid one of some route of some process, of which something was made hostile. */
import type { Draw } from './draw.ts'
import { damaged, hostileText, hostileValue, mutated, written } from './mutate.ts'
import type { RouteOf } from './routes.ts'
import { type Known, valid } from './valid.ts'

/** Whom requests go to, and what they may say there. */
export type Target = {
  /** Such as `proxy alice`. */
  readonly name: string
  readonly origin: string
  readonly routes: readonly RouteOf[]
  readonly known: Known
  /** Header by which it knows whoever may ask everything. */
  readonly authorization?: string
  /** Calls that would rightly take the place of those who are watched, or stop everything. */
  readonly spares?: (request: Request) => boolean
}

/** What a case is: also the form in which a kept one is written down. */
export type Request = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}
export type Case = Request & { readonly target: Target; readonly route: string; readonly kind: string }

const METHODS = ['HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'PUT', 'DELETE', 'POST', 'GET'] as const
const HEADERS = [
  'origin',
  'sec-fetch-site',
  'if-match',
  'last-event-id',
  'accept',
  'cookie',
  'x-forwarded-host',
  'content-type',
  'content-encoding',
  'expect-ct',
  'range',
  'authorization',
  'te',
]
const KINDS = [
  'mutated',
  'mutated',
  'mutated',
  'mutated',
  'mutated',
  'mutated',
  'valid',
  'random',
  'damaged',
  'path',
  'query',
  'header',
  'method',
] as const

/** What may stand in a header without making the request another one. */
const headerSafe = (text: string): string => text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?')
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString())

export function hostileCase(target: Target, draw: Draw): Case {
  for (;;) {
    const made = oneCase(target, draw)
    if (target.spares?.(made) !== true) return made
  }
}

function oneCase(target: Target, draw: Draw): Case {
  const { routes, known } = target
  // What carries a body has more to try.
  const bodied = routes.filter(({ body }) => body !== undefined)
  const route = (draw.once(3) ? undefined : draw.of(bodied)) ?? draw.of(routes)
  if (route === undefined) throw new Error(`${target.name} has no routes`)
  const chosen = draw.of(KINDS)
  const kind = route.body === undefined && ['mutated', 'random', 'damaged'].includes(chosen) ? 'path' : chosen
  const of = (place: string) => route.parameters.filter(parameter => parameter.in === place)
  const value = (parameter: (typeof route.parameters)[number], hostile: boolean) =>
    hostile ? hostileText(draw) : String(valid(parameter.schema, { draw, known }, parameter.name))
  let path = route.path
  for (const parameter of of('path'))
    path = path.replace(`{${parameter.name}}`, encoded(value(parameter, kind === 'path' && draw.once(2))))
  const query = of('query').filter(() => draw.once(2) || kind === 'query')
  const pairs = query.map(parameter => `${parameter.name}=${encoded(value(parameter, kind === 'query'))}`)
  if (kind === 'query') pairs.push(`${encoded(hostileText(draw))}=${encoded(hostileText(draw))}`)
  const headers: Record<string, string> = {}
  for (const parameter of of('header'))
    if (draw.once(2)) headers[parameter.name] = headerSafe(value(parameter, false) || '*')
  if (target.authorization !== undefined && !draw.once(4)) headers['authorization'] = target.authorization
  if (kind === 'header') headers[draw.of(HEADERS) ?? ''] = headerSafe(hostileText(draw).slice(0, 20_000))
  const body = route.body === undefined ? undefined : bodyOf(kind, valid(route.body, { draw, known }), draw)
  if (body !== undefined) headers['content-type'] ??= 'application/json'
  const method = kind === 'method' ? draw.of(METHODS) : route.method
  const asked = pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
  return {
    target,
    route: `${route.method} ${route.path}`,
    kind,
    method,
    path:
      kind === 'path' && draw.once(8)
        ? `/${encoded(hostileText(draw))}/..%2f${asked}`.slice(0, 8_000)
        : asked.slice(0, 12_000),
    headers,
    ...(body !== undefined && method !== 'GET' && method !== 'HEAD' && { body }),
  }
}

function bodyOf(kind: string, value: unknown, draw: Draw): string | Buffer {
  switch (kind) {
    case 'mutated': {
      let changed = value
      for (let left = 1 + draw.below(3); left > 0; left -= 1) changed = mutated(changed, draw)
      return written(changed)
    }
    case 'random':
      return written(hostileValue(draw))
    case 'damaged':
      return damaged(written(value), draw)
    default:
      return written(value)
  }
}
