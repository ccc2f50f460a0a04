/**
 * Versions of tables stay far below what a number tells apart. A proxy says which version it has, and the next one must be above
 * it, as after a restored backup; but nobody may push them up without an end.
 */
import { v5 as uuidv5 } from 'uuid'
import { MOST } from '../shared/protocol/bounds.ts'
import type { State, Table } from './document.ts'

/** So far above what this controller gave may a version be that a proxy has: a backup is a few saves behind, not a million. */
const MOST_AHEAD = 1_000_000

/** Whether a proxy may have a version, where the newest that this controller gave it is `given`. */
export const mayHave = (version: number, given: number): boolean => version <= given + MOST_AHEAD

/**
 * The state itself while its versions are small. Else all tables are numbered anew, and the document takes another id: proxies
 * compare versions only within one document, and take any version of another.
 */
export function withSmallVersions(state: State): State {
  const all = [...Object.values(state.tables), ...Object.values(state.removed ?? {})]
  if (all.every(({ history }) => history.every(({ version }) => Number.isSafeInteger(version) && version <= MOST)))
    return state
  return {
    ...state,
    ...(state.id !== undefined && { id: uuidv5('versions begin anew', state.id) }),
    tables: eachNumberedAnew(state.tables),
    ...(state.removed !== undefined && { removed: eachNumberedAnew(state.removed) }),
  }
}

const eachNumberedAnew = (tables: State['tables']): State['tables'] =>
  Object.fromEntries(Object.entries(tables).map(([key, table]) => [key, numberedAnew(table)]))

function numberedAnew({ history: [newest, ...older], ...table }: Table): Table {
  const count = older.length + 1
  return {
    ...table,
    history: [{ ...newest, version: count }, ...older.map((one, index) => ({ ...one, version: count - 1 - index }))],
  }
}
