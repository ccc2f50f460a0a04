/**
 * Where each process of an overlay listens: at the address that the configuration gives it, else on this machine at the
 * port that its number and `--port-base` give. The only place that answers this.
 */
import { LOOPBACK } from '../shared/process/guard.ts'
import { StartError } from '../shared/process/start-error.ts'
import { type Address, addressText, readAddress } from './address.ts'
import { type Addressed, fixedPlaces, type Place, sharedPlaces } from './address-conflicts.ts'
import type { Instance } from './instance.ts'
import type { Ports } from './ports.ts'

export type Addresses = {
  readonly controller: Address
  /** The demonstration provider, beside the controller. */
  readonly demo: Address
  readonly proxy: (instance: Instance) => Address
  readonly peer: (instance: Instance) => Address
}

/** @throws {StartError} when an address of the configuration is where another process listens by its number */
export function addressesOf(config: Addressed, ports: Ports): Addresses {
  const by = (port: number): Address => ({ host: LOOPBACK, port })
  const given = (text: string | undefined, port: number) => (text === undefined ? by(port) : readAddress(text))
  const addresses: Addresses = {
    controller: given(config.controller, ports.controller),
    demo: by(ports.demo),
    proxy: ({ proxy, n }) => given(proxy, ports.proxy(n)),
    peer: instance => given(instance.kind === 'service' ? undefined : instance.peer, ports.peer(instance.n)),
  }
  const [shared] = sharedPlaces([...fixedPlaces(config), ...numberedPlaces(config, addresses)])
  if (shared === undefined) return addresses
  const [one, other] = shared
  throw new StartError(
    `Cannot use the configuration: ${one.words} is ${addressText(one.address)}, where ${other.words} listens by its number and --port-base. Change one of the two.`,
  )
}

/** The processes to which the configuration gives no address. */
function numberedPlaces({ controller, instances }: Addressed, addresses: Addresses): Place[] {
  return [
    ...(controller === undefined ? [{ field: [], words: 'the controller', address: addresses.controller }] : []),
    ...instances.flatMap(instance => [
      ...(instance.proxy === undefined
        ? [{ field: [], words: `the proxy of ${instance.name}`, address: addresses.proxy(instance) }]
        : []),
      ...(instance.kind !== 'service' && instance.peer === undefined
        ? [{ field: [], words: `the peer ${instance.name}`, address: addresses.peer(instance) }]
        : []),
    ]),
  ]
}
