/** The list of proxies after an event that tells only which of them changed. */
import type { ProxyView } from '../../../shared/protocol/control.ts'
import { nameKey } from '../../../shared/protocol/names.ts'

export function withChanges(
  before: readonly ProxyView[],
  { proxies, removed }: { readonly proxies: readonly ProxyView[]; readonly removed: readonly string[] },
): ProxyView[] {
  const list = new Map(before.map(proxy => [nameKey(proxy.name), proxy]))
  for (const proxy of proxies) list.set(nameKey(proxy.name), proxy)
  for (const name of removed) list.delete(nameKey(name))
  return [...list.values()]
}
