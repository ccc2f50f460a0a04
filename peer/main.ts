/** The peer process: where a person or an assistant speaks. */
import { join } from 'node:path'
import { linkTo, originOf } from '../config/address.ts'
import { addressesOf } from '../config/addresses.ts'
import { loadConfig } from '../config/config.ts'
import { findInstance } from '../config/find-instance.ts'
import type { Instance } from '../config/instance.ts'
import { portsFrom } from '../config/ports.ts'
import { readProcessArguments, stateFolder } from '../shared/process/process-args.ts'
import { runProcess } from '../shared/process/run.ts'
import type { ReplyMode } from '../shared/protocol/peer-api.ts'
import type { Assistant } from './automatic-replies.ts'
import { startPeer } from './peer.ts'

const settings = readProcessArguments(process.argv.slice(2))
await runProcess(`peer ${settings.name}`, async context => {
  const config = loadConfig(settings.config)
  const instance = findInstance(config, settings.name)
  const { name, displayName = name } = instance
  const addresses = addressesOf(config, portsFrom(settings.portBase))
  await startPeer(
    {
      owner: { name, displayName, mode: modeOf(instance) },
      address: addresses.peer(instance),
      proxy: originOf(addresses.proxy(instance)),
      dashboard: linkTo(addresses.controller),
      storeFile: join(stateFolder(settings.data, name), 'peer.db'),
      pages: settings.pages,
      cannedReplies: config.cannedReplies,
      assistant: assistantOf(instance),
      limits: config.conversation,
      personalities: config.personalities,
    },
    context,
  )
})

function modeOf(instance: Instance): ReplyMode {
  switch (instance.kind) {
    case 'person':
      return instance.mode
    case 'assistant':
      return 'assistant'
    case 'service':
      return 'manual'
    default:
      return instance satisfies never
  }
}

function assistantOf(instance: Instance): Assistant | undefined {
  if (instance.kind !== 'assistant') return undefined
  return { route: instance.route, personality: instance.personality }
}
