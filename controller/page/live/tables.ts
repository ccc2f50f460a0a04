/** The routing tables as last fetched, one a proxy: fetched anew whenever the controller wants another version. */
import { effect, signal } from '@preact/signals'
import type { TableView } from '../../../shared/protocol/control.ts'
import type { Route } from '../../../shared/protocol/route.ts'
import { failureWords, fetchTable } from '../controller-api.ts'
import { proxies } from './overlay.ts'

export type KnownTable = { readonly table: TableView } | { readonly problem: string }

export const tables = signal<Readonly<Record<string, KnownTable>>>({})

/** The table of a proxy; undefined while it was not fetched yet or could not be. */
export function knownTable(name: string): TableView | undefined {
  const known = tables.value[name]
  return known !== undefined && 'table' in known ? known.table : undefined
}

/** The routes of all proxies that are known now. */
export const knownRoutes = (): Route[] =>
  proxies.value.flatMap(({ name }) => Object.values(knownTable(name)?.endpoints ?? {}))

/** Puts a table that the controller answered with where every view sees it. */
export function learnTable(name: string, table: TableView): void {
  tables.value = { ...tables.peek(), [name]: { table } }
}

const underWay = new Set<string>()

/** Fetches the newest table of a proxy; a failure becomes the `problem` that views show, unless a table is known already. */
export async function refreshTable(name: string): Promise<void> {
  if (underWay.has(name)) return
  underWay.add(name)
  try {
    learnTable(name, await fetchTable(name))
  } catch (error) {
    const known = tables.peek()[name]
    if (known === undefined || 'problem' in known)
      tables.value = { ...tables.peek(), [name]: { problem: failureWords(error) } }
  } finally {
    underWay.delete(name)
  }
}

/** Keeps every table as new as what the controller wants its proxy to run. */
export function followTables(): void {
  effect(() => {
    for (const { name, version } of proxies.value) {
      const known = tables.peek()[name]
      const current = known !== undefined && 'table' in known ? known.table.version : undefined
      if (current !== version.wanted) void refreshTable(name)
    }
  })
}
