/** Calls to the process that served the page: JSON both ways, a deadline, failures with their words. */

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Milliseconds until the call is given up, 15 000 by default. */
  readonly timeoutMs?: number
}

/** A call that did not succeed. `status` is undefined where no answer came at all. */
export class RequestError extends Error {
  readonly status: number | undefined
  readonly code: string
  readonly field: string | undefined

  constructor(problem: { message: string; code: string; status?: number; field?: string }) {
    super(problem.message)
    this.status = problem.status
    this.code = problem.code
    this.field = problem.field
  }
}

/**
 * One call and its parsed answer, null for an empty one. The answer is trusted to have the shape `T`: page and process are of one
 * version, since the process bundles the page that it serves.
 * @throws {RequestError} when no answer came, or a refusing one
 */
export async function requestJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await answerTo(path, options)
  if (!response.ok) throw await refusal(response)
  try {
    const text = await response.text()
    return JSON.parse(text === '' ? 'null' : text)
  } catch {
    throw new RequestError({ message: 'The answer could not be read.', code: 'unreadable', status: response.status })
  }
}

async function answerTo(path: string, options: RequestOptions): Promise<Response> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? 15_000)
  const headers = new Headers(options.headers)
  if (options.body !== undefined) headers.set('content-type', 'application/json')
  try {
    return await fetch(path, {
      method: options.method ?? 'GET',
      headers,
      redirect: 'error',
      signal: options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    })
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    const message = deadline.aborted ? 'no answer in time' : 'the process behind this page does not answer'
    throw new RequestError({ message, code: 'unreachable' })
  }
}

async function refusal(response: Response): Promise<RequestError> {
  const body: unknown = await response.json().catch(() => undefined)
  const status = response.status
  if (!isErrorBody(body))
    return new RequestError({ message: `answered with status ${status}`, code: 'refused', status })
  return new RequestError({ ...body.error, status })
}

function isErrorBody(body: unknown): body is { error: { code: string; message: string; field?: string } } {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false
  const { error } = body
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    'message' in error &&
    typeof error.message === 'string'
  )
}
