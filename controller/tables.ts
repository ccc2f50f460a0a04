/** Changes of routing tables, as functions from one state to the next. */
import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config/config.ts'
import { defaultTable } from '../config/default-table.ts'
import type { Ports } from '../config/ports.ts'
import type { Difference, Registration, TableVersion } from '../shared/protocol/control.ts'
import { findByName, nameKey, own, sameName } from '../shared/protocol/names.ts'
import type { Endpoints } from '../shared/protocol/route.ts'
import type { State, Table } from './document.ts'

/** How many versions of a table are kept. */
export const HISTORY_VERSIONS = 50

/** `above` is a version that the new one must be above, beside the one before. */
type TableEdit = {
  readonly author: string
  readonly now: Date
  readonly endpoints: Endpoints
  readonly above?: number
}

export function difference(before: Endpoints, after: Endpoints): Difference {
  const names = Object.keys(after)
  return {
    added: names.filter(name => !Object.hasOwn(before, name)),
    removed: Object.keys(before).filter(name => !Object.hasOwn(after, name)),
    changed: names.filter(name => Object.hasOwn(before, name) && !isDeepStrictEqual(before[name], after[name])),
  }
}

/** The state with a new version of one table, or the same state when the endpoints are as they were. */
export function withTable(state: State, name: string, change: TableEdit): State {
  const table = own(state.tables, nameKey(name))
  const next = nextTable(table, name, change)
  return next === table ? state : { ...state, tables: { ...state.tables, [nameKey(name)]: next } }
}

function nextTable(table: Table | undefined, name: string, change: TableEdit): Table {
  const before = table?.history[0]
  const { above = 0 } = change
  const isThere = before !== undefined && before.version >= above
  if (table !== undefined && isThere && isDeepStrictEqual(before.endpoints, change.endpoints)) return table
  const version: TableVersion = {
    version: Math.max(before?.version ?? 0, above) + 1,
    time: change.now.toISOString(),
    author: change.author,
    difference: difference(before?.endpoints ?? {}, change.endpoints),
    endpoints: change.endpoints,
  }
  const older = table?.history.slice(0, HISTORY_VERSIONS - 1) ?? []
  return { name: table?.name ?? name, history: [version, ...older] }
}

/** Brings a stored state up to a configuration: tables for new instances, and routes to them in the tables there are. */
export function reconcile(state: State, overlay: { config: Config; ports: Ports; now: Date }): State {
  const { config, ports, now } = overlay
  const fresh = config.instances.filter(({ name }) => own(state.tables, nameKey(name)) === undefined)
  const edit = { author: 'configuration', now }
  let next = state
  for (const table of Object.values(state.tables)) {
    const { endpoints } = table.history[0]
    const wanted = defaultTable(
      config,
      config.instances.find(({ name }) => sameName(name, table.name)),
      ports,
    )
    const missing = Object.entries(wanted).filter(
      ([name]) => fresh.some(instance => sameName(instance.name, name)) && findByName(endpoints, name) === undefined,
    )
    next = withTable(next, table.name, {
      ...edit,
      endpoints: { ...movedDemo(endpoints, config), ...Object.fromEntries(missing) },
    })
  }
  for (const instance of fresh)
    next = withTable(next, instance.name, { ...edit, endpoints: defaultTable(config, instance, ports) })
  return next
}

/** The demonstration provider moves with `--port-base`: its routes follow it. */
function movedDemo(endpoints: Endpoints, config: Config): Endpoints {
  return Object.fromEntries(
    Object.entries(endpoints).map(([name, route]) => {
      const now = own(config.routes, name)
      const follows = route.kind !== 'peer' && route.demo === true && now?.demo === true && now.kind === route.kind
      return [name, follows ? { ...route, baseUrl: now.baseUrl } : route]
    }),
  )
}

/**
 * Records where a proxy is; routes of other tables that pointed to where it was before follow it. A proxy that is where it
 * was changes nothing: thousands that come back together are no reason to write.
 */
export function register(
  state: State,
  registration: Registration,
  overlay: { config: Config; ports: Ports; now: Date },
): State {
  const { config, ports, now } = overlay
  const key = nameKey(registration.name)
  const known = own(state.proxies, key)
  const { name, host, port } = registration
  const stays = known !== undefined && known.name === name && known.host === host && known.port === port
  if (stays && own(state.tables, key) !== undefined) return state
  const proxies = { ...state.proxies, [key]: { ...registration, lastSeen: now.toISOString() } }
  let next: State = { ...state, proxies }
  if (own(state.tables, key) === undefined)
    next = withTable(next, registration.name, {
      author: 'registration',
      now,
      endpoints: defaultTable(config, undefined, ports),
    })
  if (known === undefined || stays) return next
  const author = `${name} moved`
  const tables = Object.entries(next.tables).map(([owner, table]) => {
    const [called, route] = findByName(table.history[0].endpoints, known.name) ?? []
    if (called === undefined || route?.kind !== 'peer' || route.host !== known.host || route.port !== known.port)
      return [owner, table] as const
    const endpoints = { ...table.history[0].endpoints, [called]: { ...route, host, port } }
    return [owner, nextTable(table, table.name, { author, now, endpoints })] as const
  })
  return { ...next, tables: Object.fromEntries(tables) }
}

/** The state with when each proxy was last seen, in milliseconds of the epoch, where that is known to be later. */
export function withLastSeen(state: State, lastSeen: (name: string) => number | undefined): State {
  let changed = false
  const proxies = Object.entries(state.proxies).map(([key, proxy]) => {
    const at = lastSeen(proxy.name)
    if (at === undefined || at <= Date.parse(proxy.lastSeen)) return [key, proxy] as const
    changed = true
    return [key, { ...proxy, lastSeen: new Date(at).toISOString() }] as const
  })
  return changed ? { ...state, proxies: Object.fromEntries(proxies) } : state
}
