/** Who is connected to whom, as the routing tables say it, and which of these connections cannot work. */
import type { CredentialView, ProxyView } from '../../../shared/protocol/control.ts'
import { nameKey } from '../../../shared/protocol/names.ts'
import { type Endpoints, isApiRoute, type PeerRoute } from '../../../shared/protocol/route.ts'
import { routeCredentialProblem } from '../draft/credential-references.ts'
import { routeAddress } from '../proxy/route-facts.ts'

export type GraphNode =
  | { readonly key: string; readonly kind: 'controller'; readonly label: string }
  | { readonly key: string; readonly kind: 'proxy'; readonly label: string; readonly proxy: ProxyView }
  | { readonly key: string; readonly kind: 'unknown' | 'api'; readonly label: string }
/** Who has the problem, and the rest of the sentence: the same one of several proxies is told once. */
export type GraphProblem = { readonly who: string; readonly words: string }
export type GraphEdge = {
  readonly from: string
  readonly to: string
  readonly kind: 'control' | 'peer' | 'api'
  readonly problems: readonly GraphProblem[]
}
export type Graph = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }

type Overlay = {
  readonly proxies: readonly ProxyView[]
  readonly credentials: readonly CredentialView[]
  readonly tableOf: (name: string) => Endpoints | undefined
}

const CONTROLLER = 'controller'
const proxyKey = (name: string): string => `proxy ${nameKey(name)}`

type Target = { readonly name: string; readonly route: PeerRoute; readonly proxy: ProxyView | undefined }

function peerProblems(who: string, { name, route, proxy }: Target): GraphProblem[] {
  if (proxy === undefined) return [{ who, words: `→ ${name}: no proxy of that name is known` }]
  if (proxy.port !== route.port || differentHosts(proxy.host, route.host)) {
    const words = `→ ${name}: looked for at ${routeAddress(route)}, but it is at ${proxy.host}:${proxy.port}`
    return [{ who, words }]
  }
  return proxy.status === 'stale' ? [{ who: name, words: 'was not heard from for more than two minutes' }] : []
}

/** Two numeric addresses can be told apart; what a host name stands for is not known here. */
const differentHosts = (a: string, b: string): boolean => a !== b && [a, b].every(host => /^[\d.]+$|:/.test(host))

/** The problems as sentences, each said once with everyone who has it. */
export function problemSentences(edges: readonly GraphEdge[]): string[] {
  const who = new Map<string, Set<string>>()
  for (const problem of edges.flatMap(({ problems }) => problems))
    who.set(problem.words, (who.get(problem.words) ?? new Set()).add(problem.who))
  return [...who].map(([words, names]) => `${[...names].join(', ')} ${words}`)
}

/** Two proxies that route to each other are one edge; APIs at one address are one node. */
export function overlayGraph({ proxies, credentials, tableOf }: Overlay): Graph {
  const known = new Map(proxies.map(proxy => [nameKey(proxy.name), proxy]))
  const nodes = new Map<string, GraphNode>()
  const edges = new Map<string, GraphEdge>()
  const connect = ({ from, to, kind, problems }: GraphEdge): void => {
    const key = [from, to].sort().join(' – ')
    const before = edges.get(key)?.problems ?? []
    edges.set(key, { from, to, kind, problems: [...before, ...problems] })
  }

  nodes.set(CONTROLLER, { key: CONTROLLER, kind: 'controller', label: 'controller' })
  for (const proxy of proxies) {
    const key = proxyKey(proxy.name)
    nodes.set(key, { key, kind: 'proxy', label: proxy.name, proxy })
    const problems = proxy.connected ? [] : [{ who: proxy.name, words: 'has no connection to the controller' }]
    connect({ from: CONTROLLER, to: key, kind: 'control', problems })
  }
  for (const { name: owner } of proxies) {
    for (const [name, route] of Object.entries(tableOf(owner) ?? {})) {
      const from = proxyKey(owner)
      if (isApiRoute(route)) {
        const to = `${route.kind} ${route.baseUrl}`
        if (!nodes.has(to)) nodes.set(to, { key: to, kind: 'api', label: name })
        const problem = routeCredentialProblem(route, credentials)
        const problems = problem === undefined ? [] : [{ who: owner, words: `→ ${name}: ${problem.words}` }]
        connect({ from, to, kind: 'api', problems })
      } else {
        const to = proxyKey(name)
        if (!nodes.has(to)) nodes.set(to, { key: to, kind: 'unknown', label: name })
        connect({
          from,
          to,
          kind: 'peer',
          problems: peerProblems(owner, { name, route, proxy: known.get(nameKey(name)) }),
        })
      }
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}
