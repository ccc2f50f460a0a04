/** Who is connected to whom, as the routing tables say it, and which of these connections cannot work. */
import type { CredentialView, ProxyView } from '../../../shared/protocol/control.ts'
import { nameKey } from '../../../shared/protocol/names.ts'
import { type Endpoints, isApiRoute, type PeerRoute } from '../../../shared/protocol/route.ts'
import { routeCredentialProblem } from '../draft/credential-references.ts'

export type GraphNode =
  | { readonly key: string; readonly kind: 'controller'; readonly label: string }
  | { readonly key: string; readonly kind: 'proxy'; readonly label: string; readonly proxy: ProxyView }
  | { readonly key: string; readonly kind: 'unknown' | 'api'; readonly label: string }
export type GraphEdge = {
  readonly from: string
  readonly to: string
  readonly kind: 'control' | 'peer' | 'api'
  readonly problems: readonly string[]
}
export type Graph = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }

type Overlay = {
  readonly proxies: readonly ProxyView[]
  readonly credentials: readonly CredentialView[]
  readonly tableOf: (name: string) => Endpoints | undefined
}

const CONTROLLER = 'controller'
const proxyKey = (name: string): string => `proxy ${nameKey(name)}`

function peerProblem(from: string, to: { name: string; route: PeerRoute; proxy: ProxyView | undefined }): string[] {
  const { name, route, proxy } = to
  if (proxy === undefined) return [`${from} has a route to ${name}, but no proxy of that name is known`]
  if (proxy.port !== route.port || proxy.host !== route.host)
    return [`${from} looks for ${name} at ${route.host}:${route.port}, but it is at ${proxy.host}:${proxy.port}`]
  return proxy.status === 'stale' ? [`${name} was not heard from for more than two minutes`] : []
}

/** Two proxies that route to each other are one edge; APIs at one address are one node. */
export function overlayGraph({ proxies, credentials, tableOf }: Overlay): Graph {
  const known = new Map(proxies.map(proxy => [nameKey(proxy.name), proxy]))
  const nodes = new Map<string, GraphNode>()
  const edges = new Map<string, GraphEdge>()
  const connect = ({ from, to, kind, problems }: GraphEdge): void => {
    const key = [from, to].sort().join(' – ')
    const before = edges.get(key)?.problems ?? []
    edges.set(key, { from, to, kind, problems: [...new Set([...before, ...problems])] })
  }

  nodes.set(CONTROLLER, { key: CONTROLLER, kind: 'controller', label: 'controller' })
  for (const proxy of proxies) {
    const key = proxyKey(proxy.name)
    nodes.set(key, { key, kind: 'proxy', label: proxy.name, proxy })
    const problems = proxy.connected ? [] : [`${proxy.name} is not connected to the controller`]
    connect({ from: CONTROLLER, to: key, kind: 'control', problems })
  }
  for (const { name: owner } of proxies) {
    for (const [name, route] of Object.entries(tableOf(owner) ?? {})) {
      const from = proxyKey(owner)
      if (isApiRoute(route)) {
        const to = `${route.kind} ${route.baseUrl}`
        if (!nodes.has(to)) nodes.set(to, { key: to, kind: 'api', label: name })
        const problem = routeCredentialProblem(route, credentials)
        connect({
          from,
          to,
          kind: 'api',
          problems: problem === undefined ? [] : [`${owner} → ${name}: ${problem.words}`],
        })
      } else {
        const to = proxyKey(name)
        if (!nodes.has(to)) nodes.set(to, { key: to, kind: 'unknown', label: name })
        connect({
          from,
          to,
          kind: 'peer',
          problems: peerProblem(owner, { name, route, proxy: known.get(nameKey(name)) }),
        })
      }
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}
