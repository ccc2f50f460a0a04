/** What the state of a proxy is called on this page. */
import type { ProxyStatus, ProxyView } from '../../../shared/protocol/control.ts'

export const STATUS_WORDS = {
  active: { word: 'Active', meaning: 'heard from within the last minute' },
  warning: { word: 'Late', meaning: 'not heard from for more than a minute' },
  stale: { word: 'Stale', meaning: 'not heard from for more than two minutes' },
} as const satisfies Record<ProxyStatus, { word: string; meaning: string }>

export type TableState = 'applied' | 'pending' | 'refused'

/** Where the newest routing table of a proxy stands; `reason` is there when the proxy refused it. */
export function tableState({ wanted, applied, refused }: ProxyView['version']): {
  state: TableState
  words: string
  reason?: string
} {
  if (applied === wanted) return { state: 'applied', words: `version ${wanted} applied` }
  const running = applied === null ? 'runs none yet' : `runs ${applied}`
  if (refused?.version === wanted)
    return { state: 'refused', words: `version ${wanted} refused, ${running}`, reason: refused.reason }
  return { state: 'pending', words: `version ${wanted} pending, ${running}` }
}

/** One sentence about all proxies: how many there are, and what deserves a look. */
export function overlaySummary(proxies: readonly ProxyView[]): string {
  const count = (of: number, what: string) => (of === 0 ? [] : [`${of} ${what}`])
  const inStatus = (status: ProxyStatus) => proxies.filter(proxy => proxy.status === status).length
  const inTableState = (state: TableState) => proxies.filter(proxy => tableState(proxy.version).state === state).length
  const total = `${proxies.length} ${proxies.length === 1 ? 'proxy' : 'proxies'}`
  const concerns = [
    ...count(inStatus('warning'), 'late'),
    ...count(inStatus('stale'), 'stale'),
    ...count(proxies.filter(proxy => !proxy.connected).length, 'not connected'),
    ...count(inTableState('pending'), 'with a table pending'),
    ...count(inTableState('refused'), 'with a table refused'),
  ]
  return concerns.length === 0 ? `${total}, all active and up to date` : `${total}: ${concerns.join(', ')}`
}
