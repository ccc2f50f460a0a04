/** Room for tables: of proxies that register by themselves, and of instances that the configuration no longer names. */
import { own } from '../shared/protocol/names.ts'
import { compareNames } from '../shared/written.ts'
import type { State, Table } from './document.ts'
import { MOST_PROXIES, MOST_REMOVED } from './document-bounds.ts'
import { TooManyProxiesError } from './errors.ts'

/**
 * The state with room for one more table: those of proxies that registered by themselves and were forgotten since go first.
 * @throws {TooManyProxiesError}
 */
export function withRoom(state: State): State {
  const keys = Object.keys(state.tables)
  if (keys.length < MOST_PROXIES) return state
  const left = keys.find(key => state.tables[key]?.configured !== true && own(state.proxies, key) === undefined)
  if (left === undefined) throw new TooManyProxiesError(MOST_PROXIES)
  const { [left]: _, ...tables } = state.tables
  return { ...state, tables }
}

/** Those that were changed last, where there are more than are kept. */
export function newestRemoved(removed: Readonly<Record<string, Table>>): Record<string, Table> {
  const entries = Object.entries(removed).sort(([, a], [, b]) => compareNames(b.history[0].time, a.history[0].time))
  return Object.fromEntries(entries.slice(0, MOST_REMOVED))
}
