/** Where the peer of an instance is reached: the only place of the terminal client that knows. */
import { originOf } from '../../config/address.ts'
import { addressesOf } from '../../config/addresses.ts'
import { loadOverlay } from '../../config/changed-persons.ts'
import { findInstance } from '../../config/find-instance.ts'
import { portsFrom } from '../../config/ports.ts'
import { StartError } from '../../shared/process/start-error.ts'
import type { Options } from './options.ts'

export type PeerPlace = { readonly name: string; readonly url: string }

/** @throws {StartError} when there is no such instance, or it has no peer */
export function findPeer({ name, portBase, ...files }: Options): PeerPlace {
  const config = loadOverlay(files)
  const instance = findInstance(config, name, 'Cannot talk as')
  if (instance.kind === 'service') {
    const others = config.instances.flatMap(other => (other.kind === 'service' ? [] : [other.name]))
    throw new StartError(
      `Cannot talk as ${instance.name}: it is a service, which has no peer to talk through. Talk as one of ${others.join(', ')}, and write ${instance.name}: help.`,
    )
  }
  return { name: instance.name, url: originOf(addressesOf(config, portsFrom(portBase)).peer(instance)) }
}
