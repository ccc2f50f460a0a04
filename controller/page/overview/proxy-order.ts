/** Which proxies the overview shows, in which order. */
import type { Counters, ProxyView } from '../../../shared/protocol/control.ts'

export const SORT_KEYS = [
  'name',
  'status',
  'address',
  'lastSeen',
  'table',
  'sent',
  'delivered',
  'received',
  'waiting',
  'failed',
  'asked',
] as const
export type SortKey = (typeof SORT_KEYS)[number]
export type Sort = { readonly by: SortKey; readonly descending: boolean }

/** Counters are read most-first, everything else from the beginning. */
export const firstSort = (by: SortKey): Sort => ({ by, descending: isCounter(by) })

const isCounter = (key: SortKey): key is keyof Counters & SortKey => SORT_KEYS.indexOf(key) >= SORT_KEYS.indexOf('sent')

const STATUS_RANK = { stale: 0, warning: 1, active: 2 } as const

function sortValue(proxy: ProxyView, by: SortKey): number | string {
  if (isCounter(by)) return proxy.counters?.[by] ?? -1
  switch (by) {
    case 'name':
      return proxy.name.toLowerCase()
    case 'status':
      return STATUS_RANK[proxy.status] * 2 + Number(proxy.connected)
    case 'address':
      return `${proxy.host}:${String(proxy.port).padStart(5, '0')}`
    case 'lastSeen':
      return -Date.parse(proxy.lastSeen)
    case 'table':
      return proxy.version.applied === proxy.version.wanted ? 1 : 0
    default:
      return by satisfies never
  }
}

const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The proxies whose name contains `filter`, sorted; equal ones by name. */
export function orderProxies(proxies: readonly ProxyView[], { by, descending }: Sort, filter: string): ProxyView[] {
  const wanted = filter.trim().toLowerCase()
  return proxies
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((a, b) => {
      const difference = compare(sortValue(a, by), sortValue(b, by)) * (descending ? -1 : 1)
      return difference === 0 ? compare(a.name.toLowerCase(), b.name.toLowerCase()) : difference
    })
}

/** Keeps `held` names where they are, so that nothing moves under a hand; newcomers go to the end. */
export function holdOrder(ordered: readonly ProxyView[], held: readonly string[]): ProxyView[] {
  const place = new Map(held.map((name, index) => [name, index]))
  const at = ({ name }: ProxyView) => place.get(name) ?? held.length
  return [...ordered].sort((a, b) => at(a) - at(b))
}
