/** The process of a service: a peer without a page. */
import { join } from 'node:path'
import { originOf } from '../config/address.ts'
import { addressesOf } from '../config/addresses.ts'
import { loadOverlay } from '../config/changed-persons.ts'
import { findInstance } from '../config/find-instance.ts'
import { portsFrom } from '../config/ports.ts'
import { readProcessArguments, stateFolder } from '../shared/process/process-args.ts'
import { runProcess } from '../shared/process/run.ts'
import { StartError } from '../shared/process/start-error.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { loadDefinition } from './services/load-definition.ts'
import { startService } from './services/service.ts'

const settings = readProcessArguments(process.argv.slice(2))
await runProcess(`service ${settings.name}`, async context => {
  const config = loadOverlay(settings)
  const instance = findInstance(config, settings.name)
  if (instance.kind !== 'service')
    throw new StartError(`Cannot start ${instance.name} as a service: the configuration calls it a ${instance.kind}.`)
  const { name } = instance
  // Beside the bundle that runs here: the launcher put it there.
  const bundle = new URL(`./services/${nameKey(name)}.mjs`, import.meta.url)
  const definition = await loadDefinition(instance, { configFile: settings.config, bundle })
  const proxy = originOf(addressesOf(config, portsFrom(settings.portBase)).proxy(instance))
  const storeFile = join(stateFolder(settings.data, name), 'service.db')
  await startService({ proxy, storeFile, definition }, context)
})
