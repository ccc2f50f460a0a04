/**
 * A process's HTTP interface, declared route by route: the schema that validates a route also describes it in
 * `/openapi.json`. Errors of the overlay are answered with their code; anything else is a bug, logged whole, answered bare.
 */
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type * as z from 'zod'
import { type ErrorBody, InvalidInputError, OverlayError, parseInput, TooLargeError } from '../protocol/errors.ts'
import { BodyTooLargeError, boundedJson, boundedText, NestedTooDeepError } from './bounded-body.ts'
import { BODY_BYTES } from './guard.ts'
import type { Log } from './log.ts'
import { describeRoutes } from './openapi.ts'

/** What a caller is asked to wait for, in seconds, when trying again can help. */
const RETRY_AFTER_S = '1'

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
      const params = parse(spec.params, () => c.req.param(), 'Cannot use the path')
      const query = parse(spec.query, () => c.req.query(), 'Cannot use the query')
      const sent = spec.body === undefined ? undefined : await readJson(c)
      const body = parse(spec.body, () => sent, 'Cannot use the body')
      return handle({ params, query, body, c })
    })
    return this
  }
}

function parse<S extends Shape | undefined>(schema: S | undefined, value: () => unknown, what: string): Input<S>
function parse(schema: Shape | undefined, value: () => unknown, what: string): unknown {
  return schema === undefined ? undefined : parseInput(schema, value(), { what })
}

async function readJson(c: Context): Promise<unknown> {
  const text = await readText(c)
  const what = 'Cannot read the body'
  if (text.trim() === '')
    throw new InvalidInputError({ what, field: '', detail: 'it is empty; send a JSON object', status: 400 })
  try {
    // A schema drops such a key in silence: what the sender meant would be lost.
    return boundedJson(text, /__proto__|\\u/.test(text) ? refuseProto : undefined)
  } catch (error) {
    if (error instanceof InvalidInputError) throw error
    const detail = error instanceof NestedTooDeepError ? error.message : 'it is not JSON'
    throw new InvalidInputError({ what, field: '', detail, status: 400 })
  }
}

/** A body that announces its length was judged by that before; one that does not is counted as it comes. */
async function readText(c: Context): Promise<string> {
  const { incoming }: Partial<HttpBindings> = c.env ?? {}
  if (incoming?.headers['transfer-encoding'] === undefined) return c.req.text()
  try {
    const chunks = incoming.iterator({ destroyOnReturn: false })
    return await boundedText(chunks, { bytes: BODY_BYTES, what: 'The body' })
  } catch (error) {
    if (error instanceof BodyTooLargeError) throw new TooLargeError('The body', { bytes: undefined, limit: BODY_BYTES })
    throw error
  }
}

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
  if (error instanceof OverlayError)
    return c.json(error.toBody(), error.status, error.retryable ? { 'retry-after': RETRY_AFTER_S } : undefined)
  const { outgoing }: Partial<HttpBindings> = c.env ?? {}
  if (outgoing?.destroyed) log.debug({ path: c.req.path }, 'whoever asked went away')
  else log.error({ err: error, path: c.req.path }, 'request failed unexpectedly')
  const body: ErrorBody = {
    error: { code: 'internal', message: 'Something went wrong here; the log of this process has the details.' },
  }
  return c.json(body, 500)
}
