/** What a proxy is told of its routes and the credentials that they name. */
import type { RoutesEvent } from '../shared/protocol/control.ts'
import { credentialsFor } from './credentials.ts'
import type { State, Table } from './document.ts'

export function tableEvent({ id }: State, { history: [{ version, endpoints }] }: Table): RoutesEvent {
  return { kind: 'table', version, endpoints, ...(id !== undefined && { document: id }) }
}

/** Everything, the credentials first: a table is applied with those that it names. */
export const allEvents = (state: State, table: Table): RoutesEvent[] => [
  { kind: 'credentials', credentials: credentialsFor(state, table.history[0].endpoints) },
  tableEvent(state, table),
]
