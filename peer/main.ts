/** The peer process: where a person or an assistant speaks. */
import { join } from 'node:path'
import { linkTo, originOf } from '../config/address.ts'
import { addressesOf } from '../config/addresses.ts'
import { loadOverlay } from '../config/changed-persons.ts'
import { findInstance } from '../config/find-instance.ts'
import { portsFrom } from '../config/ports.ts'
import { readProcessArguments, stateFolder } from '../shared/process/process-args.ts'
import { runProcess } from '../shared/process/run.ts'
import { answeringOf } from './answering.ts'
import { startPeer } from './peer.ts'

const settings = readProcessArguments(process.argv.slice(2))
await runProcess(`peer ${settings.name}`, async context => {
  const config = loadOverlay(settings)
  const instance = findInstance(config, settings.name)
  const { name, displayName = name } = instance
  const { mode, fixed, assistant } = answeringOf(instance, config.routes)
  const addresses = addressesOf(config, portsFrom(settings.portBase))
  await startPeer(
    {
      owner: { name, displayName, mode, fixed },
      address: addresses.peer(instance),
      proxy: originOf(addresses.proxy(instance)),
      dashboard: linkTo(addresses.controller),
      storeFile: join(stateFolder(settings.data, name), 'peer.db'),
      pages: settings.pages,
      cannedReplies: config.cannedReplies,
      assistant,
      limits: config.conversation,
      personalities: config.personalities,
    },
    context,
  )
})
