/** What is wrong with a routing table, at which name and field, in words for the person who edits it. */
import type * as z from 'zod'
import { useIssueWords } from '../../../shared/protocol/issue-words.ts'
import { type Endpoints, Route } from '../../../shared/protocol/route.ts'
import { SavedEndpoints } from '../../../shared/protocol/route-address.ts'
import { isJsonObject } from './form-row.ts'

useIssueWords()

/** `name` is absent when the table as a whole is meant; `field` is `name`, a dotted path below the route, or empty for all of it. */
export type Issue = { readonly name?: string; readonly field: string; readonly words: string }

type Found = { readonly path: readonly PropertyKey[]; readonly words: string; readonly ofName: boolean }

/** A union and a key of a record hide the issue that says what is wrong; this brings it out. */
function innermost(issue: z.core.$ZodIssue): Found[] {
  const { path } = issue
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, words: message, ofName: true }))
  const inner = issue.code === 'invalid_union' ? issue.errors.flat().flatMap(innermost) : []
  if (inner.length > 0) return inner.map(found => ({ ...found, path: [...path, ...found.path] }))
  return [{ path, words: wordsOf(issue), ofName: issue.code === 'custom' && path.length === 1 }]
}

/** The controller's own words, but of a field too many: here it is known what the fields are of. */
const wordsOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys' ? `has what no route of this kind has: ${issue.keys.join(', ')}` : issue.message

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (isJsonObject(inner) || Array.isArray(inner) ? Reflect.get(inner, key) : undefined),
    value,
  )

/** Asks the schema that the controller asks: the table when it is valid, or every issue. */
export function checkTable(candidate: unknown): { endpoints: Endpoints } | { issues: readonly Issue[] } {
  const result = SavedEndpoints.safeParse(candidate)
  if (result.success) return { endpoints: result.data }
  const issues = result.error.issues.flatMap(issue => [...innermost(issue), ...behindName(issue, candidate)])
  return { issues: issues.map(found => toIssue(found, candidate)) }
}

/** A record does not look at a value whose key is wrong; whoever edits wants to hear of both at once. */
function behindName({ code, path }: z.core.$ZodIssue, candidate: unknown): Found[] {
  if (code !== 'invalid_key') return []
  const issues = Route.safeParse(at(candidate, path)).error?.issues ?? []
  return issues.flatMap(innermost).map(found => ({ ...found, path: [...path, ...found.path] }))
}

function toIssue({ path, words, ofName }: Found, candidate: unknown): Issue {
  const [name, ...below] = path.map(String)
  if (name === undefined) return { field: '', words: 'The table must be an object: name → route.' }
  const value = ofName ? name : at(candidate, path)
  const missing = value === undefined || value === ''
  return { name, field: ofName ? 'name' : below.join('.'), words: missing ? 'is required' : words }
}

/** The issue that an answer of the controller means: its `field` is such as `endpoints.bob.port`, and is not said twice. */
export function refusalIssue({ field = '', message }: { field?: string | undefined; message: string }): Issue {
  const [, name, ...below] = field.split('.')
  if (name === undefined) return { field: '', words: message }
  const [, detail] = message.split(`${field} `)
  return { name, field: below.join('.'), words: detail ?? message }
}

/** An issue in one line, for lists outside the form. */
export function issueLine({ name, field, words }: Issue): string {
  if (name === undefined) return words
  const place = field === '' || field === 'name' ? name : `${name} · ${field}`
  return `${place}: ${words}`
}
