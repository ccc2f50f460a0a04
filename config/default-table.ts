/** The routing table that each instance starts with; from then on the controller's document holds it. */

import { LOOPBACK } from '../shared/process/guard.ts'
import { own } from '../shared/protocol/names.ts'
import type { ApiKind, Endpoints } from '../shared/protocol/route.ts'
import type { Config, Instance } from './config.ts'
import { type Ports, urlOf } from './ports.ts'

/** A person reaches everybody and every API; an assistant everybody and its own API; a service everybody. */
export function defaultTable(config: Config, owner: Instance | undefined, ports: Ports): Endpoints {
  const others = config.instances.filter(instance => instance !== owner)
  const peers: Endpoints = Object.fromEntries(
    others.map(({ name, n }) => [name, { kind: 'peer', host: LOOPBACK, port: ports.proxy(n) }]),
  )
  switch (owner?.kind) {
    case undefined:
    case 'person':
      return { ...peers, ...config.routes }
    case 'assistant': {
      const route = own(config.routes, owner.route)
      return route === undefined ? peers : { ...peers, [owner.route]: route }
    }
    case 'service':
      return peers
    default:
      return owner satisfies never
  }
}

const DEMO_PATHS = {
  openai: '/openai/v1',
  anthropic: '/anthropic/v1',
  gemini: '/gemini/v1beta',
  mistral: '/mistral/v1',
} as const
/** Keys of the demonstration provider: no secrets, it runs on this machine and costs nothing. */
export const DEMO_KEYS = {
  openai: 'demo-key-openai-0001',
  anthropic: 'demo-key-anthropic-0001',
  gemini: 'demo-key-gemini-0001',
  mistral: 'demo-key-mistral-0001',
} as const satisfies Record<ApiKind, string>

/** The same overlay with every AI route pointed at the demonstration provider and labelled so. */
export function withDemo(config: Config, ports: Ports): Config {
  const routes = Object.fromEntries(
    Object.entries(config.routes).map(([name, route]) => [
      name,
      { ...route, baseUrl: urlOf(ports.demo) + DEMO_PATHS[route.kind], demo: true },
    ]),
  )
  return { ...config, routes }
}
