/** The demonstration: its keys, its addresses, and an overlay that uses nothing else. */
import type { ApiKind } from '../shared/protocol/route.ts'
import { originOf } from './address.ts'
import { addressesOf } from './addresses.ts'
import type { Config } from './config.ts'
import type { Ports } from './ports.ts'

/** Where each API is to be found at the demonstration provider. */
export const DEMO_PATHS = {
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
  const origin = originOf(addressesOf(config, ports).demo)
  const routes = Object.fromEntries(
    Object.entries(config.routes).map(([name, route]) => [
      name,
      { ...route, baseUrl: origin + DEMO_PATHS[route.kind], privateNetwork: true, demo: true },
    ]),
  )
  return { ...config, routes }
}
