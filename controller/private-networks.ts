/** A document from before routes said whether they lead to a private network: where its routes lead counts as meant. */
import { allAsMeant } from '../shared/protocol/route-address.ts'
import type { State, Table } from './document.ts'

/** The state with such routes marked, in all versions that are kept: a restored one works as it did. Once a document. */
export function withPrivateNetworks(state: State): State {
  if (state.privateNetworks === true) return state
  const tables = marked(state.tables)
  return {
    ...state,
    privateNetworks: true,
    tables,
    ...(state.removed !== undefined && { removed: marked(state.removed) }),
  }
}

const marked = (tables: Readonly<Record<string, Table>>): Record<string, Table> =>
  Object.fromEntries(Object.entries(tables).map(([key, table]) => [key, markedTable(table)]))

function markedTable(table: Table): Table {
  const [newest, ...older] = table.history
  const mark = (version: typeof newest) => ({ ...version, endpoints: allAsMeant(version.endpoints) })
  return { ...table, history: [mark(newest), ...older.map(mark)] }
}
