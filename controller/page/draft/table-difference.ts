/** What differs between two routing tables, name by name and field by field. */
import { nameKey } from '../../../shared/protocol/names.ts'
import type { Endpoints, Route } from '../../../shared/protocol/route.ts'

/** `before` is absent on an added field, `after` on a removed one. Both are written as a person would type them. */
export type FieldChange = { readonly field: string; readonly before?: string; readonly after?: string }
export type RouteChange = {
  readonly name: string
  readonly how: 'added' | 'removed' | 'changed'
  readonly fields: readonly FieldChange[]
}

const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The leaves of a route by dotted path; a list counts as one leaf. */
function leaves(value: object, prefix = ''): [field: string, text: string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, string][] => {
    if (inner === undefined) return []
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return leaves(inner, `${prefix}${key}.`)
    return [[`${prefix}${key}`, written(inner)]]
  })
}

type Named = { readonly name: string; readonly route: Route }

function fieldChanges(before: Named | undefined, after: Named | undefined): FieldChange[] {
  const old = new Map(before === undefined ? [] : leaves(before.route))
  const fresh = new Map(after === undefined ? [] : leaves(after.route))
  if (before !== undefined && after !== undefined) {
    old.set('name', before.name)
    fresh.set('name', after.name)
  }
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap(field => {
    const was = old.get(field)
    const is = fresh.get(field)
    if (was === is) return []
    return [{ field, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }]
  })
}

const byKey = (endpoints: Endpoints) =>
  new Map(Object.entries(endpoints).map(([name, route]): [string, Named] => [nameKey(name), { name, route }]))

/** The changes that lead from one table to the other, in the order of the names. A name that only changes its case is `changed`. */
export function tableDifference(before: Endpoints, after: Endpoints): RouteChange[] {
  const old = byKey(before)
  const fresh = byKey(after)
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((key): RouteChange[] => {
    const was = old.get(key)
    const is = fresh.get(key)
    const fields = fieldChanges(was, is)
    if (fields.length === 0) return []
    const how = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
    return [{ name: is?.name ?? was?.name ?? key, how, fields }]
  })
}

/** Such as `1 added, 2 changed`. */
export function differenceWords(changes: readonly { how: RouteChange['how'] }[]): string {
  const counted = (['added', 'removed', 'changed'] as const).flatMap(how => {
    const count = changes.filter(change => change.how === how).length
    return count === 0 ? [] : [`${count} ${how}`]
  })
  return counted.join(', ') || 'no changes'
}
