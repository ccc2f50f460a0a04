/** The proxy process: carries messages for one peer. */
import { join } from 'node:path'
import { linkTo, originOf } from '../config/address.ts'
import { addressesOf } from '../config/addresses.ts'
import { loadConfig } from '../config/config.ts'
import { findInstance } from '../config/find-instance.ts'
import type { Instance } from '../config/instance.ts'
import { portsFrom } from '../config/ports.ts'
import { overlayKey } from '../shared/process/overlay-key.ts'
import { readProcessArguments, stateFolder } from '../shared/process/process-args.ts'
import { runProcess } from '../shared/process/run.ts'
import type { PeerKind } from '../shared/protocol/local.ts'
import { startProxy } from './proxy.ts'

const KINDS = { person: 'person', assistant: 'ai', service: 'service' } as const satisfies Record<
  Instance['kind'],
  PeerKind
>

const settings = readProcessArguments(process.argv.slice(2))
await runProcess(`proxy ${settings.name}`, async context => {
  const config = loadConfig(settings.config)
  const instance = findInstance(config, settings.name)
  const { name, kind } = instance
  const addresses = addressesOf(config, portsFrom(settings.portBase))
  await startProxy(
    {
      name,
      kind: KINDS[kind],
      kinds: config.instances.map(instance => [instance.name, KINDS[instance.kind]] as const),
      address: addresses.proxy(instance),
      controller: originOf(addresses.controller),
      dashboard: linkTo(addresses.controller),
      lifetimeMs: config.delivery.lifetimeDays * 86_400_000,
      prices: config.prices,
      storeFile: join(stateFolder(settings.data, name), 'proxy.db'),
      key: overlayKey(settings.data),
      environment: process.env,
    },
    context,
  )
})
