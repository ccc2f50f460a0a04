/** Failures that are expected: each knows its code, its HTTP status and whether trying again can help. */
import * as z from 'zod'
import { text, words } from './bounds.ts'
import { useIssueWords } from './issue-words.ts'

useIssueWords()

/** The body of every error answer. `field` names the place in the body that was refused. */
export const ErrorBody = z.object({
  error: z.object({ code: text(64), message: words(4_000), field: words(1_000).optional() }),
})
export type ErrorBody = z.infer<typeof ErrorBody>

export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 421 | 422 | 428 | 429 | 500 | 503 | 507

/** Base of all expected failures; anything else that is thrown is a bug. */
export abstract class OverlayError extends Error {
  abstract readonly code: string
  abstract readonly status: ErrorStatus
  readonly retryable: boolean = false
  readonly field?: string

  toBody(): ErrorBody {
    const { code, message, field } = this
    return { error: field === undefined ? { code, message } : { code, message, field } }
  }
}

/** A body, query or file that does not follow its schema. `field` is a dotted path such as `endpoints.bob.port`. */
export class InvalidInputError extends OverlayError {
  readonly code = 'invalid_input'
  readonly status: 400 | 422
  override readonly field: string
  constructor(problem: { what: string; field: string; detail: string; status?: 400 | 422 }) {
    super(`${problem.what}: ${problem.field === '' ? '' : `${problem.field} `}${problem.detail}`)
    this.field = problem.field
    this.status = problem.status ?? 422
  }
}

/** `known` are the names that would have worked. */
export class UnknownPeerError extends OverlayError {
  readonly code = 'unknown_peer'
  readonly status = 404
  constructor(name: string, known: readonly string[]) {
    super(`Cannot find "${name}": no peer has that name. Known: ${namesInWords(known)}.`)
  }
}

/** Names that are listed in an error, at most. */
const LISTED = 50

/** Names for a sentence: the first of many. */
export function namesInWords(names: readonly string[]): string {
  const more = names.length - LISTED
  return more > 0 ? `${names.slice(0, LISTED).join(', ')} and ${more} more` : names.join(', ') || 'none yet'
}

export class TooLargeError extends OverlayError {
  readonly code = 'too_large'
  readonly status = 413
  constructor(what: string, size: { bytes: number | undefined; limit: number }) {
    const is = size.bytes === undefined ? 'more' : `${size.bytes} bytes`
    super(`${what} is too large: ${is}; the limit is ${size.limit} bytes (${size.limit / 1024} KiB).`)
  }
}

export class IdConflictError extends OverlayError {
  readonly code = 'id_conflict'
  readonly status = 422
  constructor(id: string) {
    super(`Cannot accept message ${id}: another message with this id was accepted before. Give it an id of its own.`)
  }
}

export class NotReadyError extends OverlayError {
  readonly code = 'not_ready'
  readonly status = 503
  override readonly retryable = true
}

export class NotFoundError extends OverlayError {
  readonly code = 'not_found'
  readonly status = 404
}

/** What an error says, whatever was thrown. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The code by which Node and undici name a failure of the system, such as `ENOENT`; undefined for every other error. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** One thing that is wrong in a value: where, as a path and with dots, and the sentence. */
export type Issue = { readonly path: readonly PropertyKey[]; readonly field: string; readonly detail: string }

/** What is wrong first in a value that a schema refused: the dotted path and the sentence. */
export const firstIssue = (error: z.ZodError): Pick<Issue, 'field' | 'detail'> =>
  allIssues(error)[0] ?? { field: '', detail: 'is not valid' }

/** Everything that is wrong in a value that a schema refused. */
export const allIssues = ({ issues }: z.ZodError): Issue[] =>
  issues.map(issue => {
    const inner = innerIssue(issue)
    const path = inner === undefined ? issue.path : [...issue.path, ...inner.path]
    return { path, field: path.join('.'), detail: (inner ?? issue).message }
  })

/** Unions and keys of records wrap the issue that says what is wrong. */
function innerIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue | undefined {
  if (issue.code === 'invalid_union') return issue.errors.flat()[0]
  return issue.code === 'invalid_key' ? issue.issues[0] : undefined
}

type Parsed<T> = { success: true; data: T } | { success: false; error: z.ZodError; data?: undefined }

/** As zod's own, which throws where a `length` is an object that cannot be compared: it looks at the length of what is no text too. */
export function safeParse<S extends z.ZodType>(schema: S, value: unknown): Parsed<z.infer<S>> {
  try {
    return schema.safeParse(value)
  } catch {
    const message = 'holds what cannot be compared'
    return { success: false, error: new z.ZodError([{ code: 'custom', path: [], message, input: value }]) }
  }
}

/**
 * Parses a value at a door of the process.
 * @throws {InvalidInputError} naming the field and what is allowed there
 */
export function parseInput<T extends z.ZodType>(
  schema: T,
  value: unknown,
  door: { what: string; status?: 400 | 422 },
): z.infer<T> {
  const result = safeParse(schema, value)
  if (result.success) return result.data
  throw new InvalidInputError({ ...door, ...firstIssue(result.error) })
}
