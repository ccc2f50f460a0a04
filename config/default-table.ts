/** The routing table that each instance starts with; from then on the controller's document holds it. */
import { findByName, own } from '../shared/protocol/names.ts'
import type { Endpoints } from '../shared/protocol/route.ts'
import { addressesOf } from './addresses.ts'
import type { Config } from './config.ts'
import type { Instance } from './instance.ts'
import type { Ports } from './ports.ts'

/** A person reaches everybody and every API; an assistant everybody and its own API; a service everybody. */
export function defaultTable(config: Config, owner: Instance | undefined, ports: Ports): Endpoints {
  const others = config.instances.filter(instance => instance !== owner)
  const addresses = addressesOf(config, ports)
  const peers: Endpoints = Object.fromEntries(
    others.map(instance => [instance.name, { kind: 'peer', ...addresses.proxy(instance) }]),
  )
  switch (owner?.kind) {
    case undefined:
    case 'person':
      return { ...peers, ...config.routes }
    case 'assistant':
      return { ...peers, ...assistantRoutes(config.routes, owner) }
    case 'service':
      return peers
    default:
      return owner satisfies never
  }
}

/** The route through which it answers, and those that answer in its place: their own fallbacks are not followed. */
function assistantRoutes(
  routes: Config['routes'],
  { route: name, credential }: Extract<Instance, { kind: 'assistant' }>,
): Endpoints {
  const route = own(routes, name)
  if (route === undefined) return {}
  const instead = (route.fallback ?? []).flatMap(other => {
    const found = findByName(routes, other)
    if (found === undefined) return []
    const { fallback: _, ...plain } = found[1]
    return [[found[0], plain] as const]
  })
  return { [name]: { ...route, ...(credential !== undefined && { credential }) }, ...Object.fromEntries(instead) }
}
