/** Changes of routing tables, as functions from one state to the next. */
import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config/config.ts'
import { defaultTable } from '../config/default-table.ts'
import type { Ports } from '../config/ports.ts'
import { MOST } from '../shared/protocol/bounds.ts'
import type { Difference, Registration, TableVersion } from '../shared/protocol/control.ts'
import { findByName, nameKey, own, sameName } from '../shared/protocol/names.ts'
import type { Endpoints, Route } from '../shared/protocol/route.ts'
import type { KnownProxy, State, Table } from './document.ts'
import { mayHave, withSmallVersions } from './small-versions.ts'
import { historyOf } from './table-history.ts'
import { newestRemoved, withRoom } from './table-room.ts'

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

/**
 * The state with a new version of one table, or the same state when the endpoints are as they were. A table that was removed
 * counts on from where it was: its proxy would refuse a lower version.
 */
export function withTable(state: State, name: string, change: TableEdit): State {
  const key = nameKey(name)
  const table = own(state.tables, key)
  const { [key]: removed, ...removedOthers } = state.removed ?? {}
  const tables = Object.keys(state.tables).length
  const next = nextTable(table ?? (removed && { ...removed, name }), name, { ...change, tables })
  if (next === table) return state
  const changed = {
    ...state,
    tables: { ...state.tables, [key]: next },
    ...(removed !== undefined && { removed: removedOthers }),
  }
  return next.history[0].version > MOST ? withSmallVersions(changed) : changed
}

function nextTable(table: Table | undefined, name: string, change: TableEdit & { readonly tables: number }): Table {
  const before = table?.history[0]
  const above = mayHave(change.above ?? 0, before?.version ?? 0) ? (change.above ?? 0) : 0
  const isThere = before !== undefined && before.version >= above
  if (table !== undefined && isThere && isDeepStrictEqual(before.endpoints, change.endpoints)) return table
  const version: TableVersion = {
    version: Math.max(before?.version ?? 0, above) + 1,
    time: change.now.toISOString(),
    author: change.author,
    difference: difference(before?.endpoints ?? {}, change.endpoints),
    endpoints: change.endpoints,
  }
  return { ...table, name: table?.name ?? name, history: historyOf(version, table?.history ?? [], change.tables) }
}

/**
 * Brings a stored state up to a configuration: tables for new instances, and routes to them in the tables there are; no table
 * for instances that it no longer names, and no routes to where they were. Proxies that it never named stay, and so do routes
 * that somebody made to another place.
 */
export function reconcile(stored: State, overlay: { config: Config; ports: Ports; now: Date }): State {
  const { config, ports, now } = overlay
  const { state, gone } = withoutInstances(stored, removedFrom(config, stored))
  const fresh = config.instances.filter(({ name }) => own(state.tables, nameKey(name)) === undefined)
  const edit = { author: 'configuration', now }
  let next = state
  for (const table of Object.values(state.tables)) {
    const endpoints = Object.fromEntries(
      Object.entries(table.history[0].endpoints).filter(
        ([name, route]) => !gone.has(nameKey(name)) || !leadsTo(own(stored.proxies, nameKey(name)), route),
      ),
    )
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
  return markConfigured(next, config)
}

/** The keys of instances that the configuration named, and no longer does. */
function removedFrom(config: Config, { tables }: State): string[] {
  const named = new Set(config.instances.map(({ name }) => nameKey(name)))
  return Object.keys(tables).filter(key => tables[key]?.configured === true && !named.has(key))
}

/** Their tables are put aside, for the case that they come back; their proxies are forgotten. */
function withoutInstances(state: State, keys: readonly string[]): { state: State; gone: ReadonlySet<string> } {
  const gone = new Set(keys)
  if (gone.size === 0) return { state, gone }
  const without = <T>(entries: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => !gone.has(key)))
  const aside = Object.entries(state.tables).filter(([key]) => gone.has(key))
  const removed = newestRemoved({ ...state.removed, ...Object.fromEntries(aside) })
  return { state: { ...state, tables: without(state.tables), proxies: without(state.proxies), removed }, gone }
}

/** Whether a route is to where a proxy is; to one that was never seen, every route between peers is. */
const leadsTo = (proxy: KnownProxy | undefined, route: Route): boolean =>
  route.kind === 'peer' && (proxy === undefined || (route.host === proxy.host && route.port === proxy.port))

/** Notes which tables are of instances, so that they are known when the configuration no longer names them. */
function markConfigured(state: State, config: Config): State {
  const unmarked = config.instances.flatMap(({ name }) => {
    const table = own(state.tables, nameKey(name))
    return table === undefined || table.configured === true
      ? []
      : [[nameKey(name), { ...table, configured: true }] as const]
  })
  return unmarked.length === 0 ? state : { ...state, tables: { ...state.tables, ...Object.fromEntries(unmarked) } }
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
 * @throws {TooManyProxiesError} for a name without a table when there are too many of them
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
  const isThere = known !== undefined && known.name === name && known.host === host && known.port === port
  if (isThere && known.displayName === registration.displayName && own(state.tables, key) !== undefined) return state
  const proxies = { ...state.proxies, [key]: { ...registration, lastSeen: now.toISOString() } }
  let next: State = { ...state, proxies }
  if (own(state.tables, key) === undefined) next = withRoom(next)
  if (own(state.tables, key) === undefined)
    next = withTable(next, registration.name, {
      author: 'registration',
      now,
      endpoints: defaultTable(config, undefined, ports),
    })
  if (known === undefined || isThere) return next
  const author = `${name} moved`
  const count = Object.keys(next.tables).length
  const tables = Object.entries(next.tables).map(([owner, table]) => {
    const [called, route] = findByName(table.history[0].endpoints, known.name) ?? []
    if (called === undefined || route === undefined || !leadsTo(known, route)) return [owner, table] as const
    const endpoints = { ...table.history[0].endpoints, [called]: { ...route, host, port } }
    return [owner, nextTable(table, table.name, { author, now, endpoints, tables: count })] as const
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
