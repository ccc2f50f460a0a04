/**
 * A route as the form holds it: what was typed, as text. Text that is no number stays text in the candidate, so that
 * the schema refuses it with its own words; what the form does not know (`rest`) is carried along, never dropped.
 */
import { type FormField, fieldsOf } from './form-fields.ts'

export type FormRow = {
  readonly id: number
  readonly name: string
  readonly kind: string
  readonly fields: Readonly<Record<string, string>>
  readonly rest: JsonObject
}
export type JsonObject = { readonly [key: string]: unknown }

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const escapeLine = (line: string): string => line.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const unescapeLine = (line: string): string => line.replace(/\\([\\n])/g, (_, mark) => (mark === 'n' ? '\n' : '\\'))

function toText(value: unknown, { input }: FormField): string {
  if (typeof value === 'string') return value
  if ((input === 'lines' || input === 'names') && Array.isArray(value) && value.every(line => typeof line === 'string'))
    return value.map(escapeLine).join('\n')
  return JSON.stringify(value)
}

/** Undefined when the field is empty and may be left out. */
function toValue(text: string, { input, optional }: FormField): unknown {
  if (optional && text.trim() === '') return undefined
  switch (input) {
    case 'text':
      return text.trim()
    case 'number':
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
    case 'flag':
      return text === 'true' ? true : text
    case 'lines':
      return text.split('\n').filter(Boolean).map(unescapeLine)
    case 'names':
      return text.split('\n').flatMap(line => line.trim() || [])
    default:
      return input satisfies never
  }
}

function take(source: JsonObject, path: string): unknown {
  const [head = '', leaf] = path.split('.')
  const value = source[head]
  return leaf === undefined ? value : isJsonObject(value) ? value[leaf] : undefined
}

function without(source: JsonObject, taken: ReadonlySet<string>, prefix = ''): JsonObject {
  return Object.fromEntries(
    Object.entries(source).flatMap(([key, value]): [string, unknown][] => {
      if (taken.has(`${prefix}${key}`)) return []
      if (prefix !== '' || !isJsonObject(value)) return [[key, value]]
      const left = without(value, taken, `${key}.`)
      return Object.keys(left).length === 0 && key === 'parameters' ? [] : [[key, left]]
    }),
  )
}

/** The row that shows a route. `route` need not be valid. */
export function toRow(id: number, name: string, route: JsonObject): FormRow {
  const kind = typeof route['kind'] === 'string' ? route['kind'] : ''
  const known = fieldsOf(kind).flatMap((field): [string, string][] => {
    const value = take(route, field.path)
    return value === undefined ? [] : [[field.path, toText(value, field)]]
  })
  const taken = new Set(['kind', ...known.map(([path]) => path)])
  return { id, name, kind, fields: Object.fromEntries(known), rest: without(route, taken) }
}

/** The route that a row stands for: what the schema is asked about, and what is sent. */
export function toRoute({ kind, fields, rest }: FormRow): JsonObject {
  const route: Record<string, unknown> = { kind, ...rest }
  for (const field of fieldsOf(kind)) {
    const value = toValue(fields[field.path] ?? '', field)
    if (value === undefined) continue
    const [head = '', leaf] = field.path.split('.')
    const group = route[head]
    route[head] = leaf === undefined ? value : { ...(isJsonObject(group) && group), [leaf]: value }
  }
  return route
}
