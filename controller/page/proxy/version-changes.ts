/** What a version of a routing table changed. */
import type { TableVersion } from '../../../shared/protocol/control.ts'
import { type RouteChange, tableDifference } from '../draft/table-difference.ts'

/** The oldest one kept may have lost its predecessor: then only the names are known. */
export function versionChanges(
  { version, endpoints, difference }: TableVersion,
  before: TableVersion | undefined,
): RouteChange[] {
  if (before !== undefined || version === 1) return tableDifference(before?.endpoints ?? {}, endpoints)
  const named = (how: RouteChange['how']) => difference[how].map(name => ({ name, how, fields: [] }))
  return [...named('added'), ...named('removed'), ...named('changed')]
}
