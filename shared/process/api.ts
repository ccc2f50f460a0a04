/**
 * A process's HTTP interface, declared route by route: the schema that validates a route also describes it in
 * `/openapi.json`. Errors of the overlay are answered with their code; anything else is a bug, logged whole, answered bare.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type * as z from 'zod'
import { type ErrorBody, InvalidInputError, OverlayError, parseInput, TooLargeError } from '../protocol/errors.ts'
import { guardOrigin, securityHeaders } from './guard.ts'
import type { Log } from './log.ts'
import { describeRoutes } from './openapi.ts'

/** Largest body of any call, in bytes: a batch between proxies, with room for JSON's escapes. */
const BODY_BYTES = 4 * 1024 * 1024

type Shape = z.ZodType
type Input<S extends Shape | undefined> = S extends Shape ? z.infer<S> : undefined

export type RouteSpec<P extends Shape | undefined, Q extends Shape | undefined, B extends Shape | undefined> = {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  readonly path: string
  readonly summary: string
  readonly params?: P | undefined
  readonly query?: Q | undefined
  readonly body?: B | undefined
  /** Schema of each successful answer by status; `null` where there is no body or a stream. */
  readonly answers: Readonly<Record<number, Shape | null>>
  /** The media type of a 200 without a schema; an event stream unless said otherwise. */
  readonly produces?: string | undefined
  /** Request headers that the call reads, each with its meaning. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}
export type AnyRouteSpec = RouteSpec<Shape | undefined, Shape | undefined, Shape | undefined>

export type Input3<P extends Shape | undefined, Q extends Shape | undefined, B extends Shape | undefined> = {
  readonly params: Input<P>
  readonly query: Input<Q>
  readonly body: Input<B>
  readonly c: Context
}

export class Api {
  readonly app = new Hono()
  readonly #specs: AnyRouteSpec[] = []

  constructor({ title, log }: { title: string; log: Log }) {
    this.app.use(securityHeaders)
    this.app.use(guardOrigin)
    this.app.use(limitBody)
    this.app.onError((error, c) => answerError(error, { c, log }))
    this.app.notFound(c => c.json(notFound(c.req.method, c.req.path), 404))
    this.app.get('/openapi.json', c => c.json(describeRoutes(title, this.#specs)))
  }

  route<
    P extends Shape | undefined = undefined,
    Q extends Shape | undefined = undefined,
    B extends Shape | undefined = undefined,
  >(spec: RouteSpec<P, Q, B>, handle: (input: Input3<P, Q, B>) => Response | Promise<Response>): this {
    this.#specs.push(spec)
    this.app.on(spec.method, [spec.path], async c => {
      const params = parse(spec.params, c.req.param(), 'Cannot use the path')
      const query = parse(spec.query, c.req.query(), 'Cannot use the query')
      const body = spec.body === undefined ? undefined : await readJson(c)
      return handle({ params, query, body: parse(spec.body, body, 'Cannot use the body'), c })
    })
    return this
  }
}

function parse<S extends Shape | undefined>(schema: S | undefined, value: unknown, what: string): Input<S>
function parse(schema: Shape | undefined, value: unknown, what: string): unknown {
  return schema === undefined ? undefined : parseInput(schema, value, { what })
}

async function readJson(c: Context): Promise<unknown> {
  const text = await c.req.text()
  const what = 'Cannot read the body'
  if (text.trim() === '')
    throw new InvalidInputError({ what, field: '', detail: 'it is empty; send a JSON object', status: 400 })
  try {
    // A schema drops such a key in silence: what the sender meant would be lost.
    return JSON.parse(text, /__proto__|\\u/.test(text) ? refuseProto : undefined)
  } catch (error) {
    if (error instanceof InvalidInputError) throw error
    throw new InvalidInputError({ what, field: '', detail: 'it is not JSON', status: 400 })
  }
}

/** A body that announces its length is judged by that, without touching it; one that does not is counted as it comes. */
const limitBody: MiddlewareHandler = (c, next) => {
  if (c.req.header('transfer-encoding') !== undefined) return countBody(c, next)
  const bytes = Number(c.req.header('content-length') ?? 0)
  if (bytes <= BODY_BYTES) return next()
  throw new TooLargeError('The body', { bytes, limit: BODY_BYTES })
}

const countBody = bodyLimit({
  maxSize: BODY_BYTES,
  onError: () => {
    throw new TooLargeError('The body', { bytes: undefined, limit: BODY_BYTES })
  },
})

function refuseProto(key: string, value: unknown): unknown {
  if (key !== '__proto__') return value
  throw new InvalidInputError({ what: 'Cannot use the body', field: key, detail: 'is no name that may be used' })
}

const notFound = (method: string, path: string): ErrorBody => ({
  error: {
    code: 'not_found',
    message: `Cannot ${method} ${path}: there is no such call. /openapi.json lists all of them.`,
  },
})

function answerError(error: Error, { c, log }: { c: Context; log: Log }): Response {
  if (error instanceof OverlayError) return c.json(error.toBody(), error.status)
  log.error({ err: error, path: c.req.path }, 'request failed unexpectedly')
  const body: ErrorBody = {
    error: { code: 'internal', message: 'Something went wrong here; the log of this process has the details.' },
  }
  return c.json(body, 500)
}
