/** What is wrong with a body, before each format words it in its own way. */
import type * as z from 'zod'

export type Issue = {
  readonly problem: 'unknown' | 'missing' | 'type' | 'value'
  /** The field, such as `messages.0.content`; for an unknown one its own name included. */
  readonly path: readonly (string | number)[]
  readonly expected: string
  readonly input: unknown
}

export type Checked<T> = { readonly value: T } | { readonly issue: Issue }

/** The body as the schema gives it, or the first thing that is wrong with it. */
export function checkBody<T>(schema: z.ZodType<T>, body: unknown): Checked<T> {
  const half = halfIn(body)
  if (half !== undefined) return { issue: { problem: 'value', path: half, expected: 'not valid Unicode', input: '' } }
  const parsed = schema.safeParse(body, { reportInput: true })
  if (parsed.success) return { value: parsed.data }
  const [first] = parsed.error.issues
  if (first === undefined) throw new Error('zod refused a body without an issue')
  return { issue: toIssue(first) }
}

/** Where a text has half a surrogate pair, which no API takes for JSON. */
function halfIn(value: unknown, path: readonly (string | number)[] = []): readonly (string | number)[] | undefined {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value) ? path : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, part] of Object.entries(value)) {
    const found = halfIn(part, [...path, Array.isArray(value) ? Number(name) : name])
    if (found !== undefined) return found
  }
  return undefined
}

function toIssue(issue: z.core.$ZodIssue): Issue {
  const path = issue.path.map(part => (typeof part === 'symbol' ? String(part) : part))
  const { input } = issue
  if (issue.code === 'unrecognized_keys')
    return { problem: 'unknown', path: [...path, ...issue.keys.slice(0, 1)], expected: '', input }
  if (issue.code === 'invalid_type')
    return { problem: input === undefined ? 'missing' : 'type', path, expected: issue.expected, input }
  if (issue.code === 'invalid_union')
    return { problem: input === undefined ? 'missing' : 'type', path, expected: 'string', input }
  return { problem: 'value', path, expected: issue.message, input }
}

/** The JSON name of a value's type. */
export function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
