/** The peer process: where a person or an assistant speaks. */
import { join } from 'node:path'
import { loadConfig } from '../config/config.ts'
import { findInstance } from '../config/find-instance.ts'
import { portsFrom, urlOf } from '../config/ports.ts'
import { readProcessArguments, stateFolder } from '../shared/process/process-args.ts'
import { runProcess } from '../shared/process/run.ts'
import { answeringOf } from './answering.ts'
import { startPeer } from './peer.ts'

const settings = readProcessArguments(process.argv.slice(2))
await runProcess(`peer ${settings.name}`, async context => {
  const ports = portsFrom(settings.portBase)
  const config = loadConfig(settings.config)
  const instance = findInstance(config, settings.name)
  const { name, n, displayName = name } = instance
  const { mode, fixed, assistant } = answeringOf(instance, config.routes)
  await startPeer(
    {
      owner: { name, displayName, mode, fixed },
      port: ports.peer(n),
      proxy: urlOf(ports.proxy(n)),
      dashboard: `http://localhost:${ports.controller}`,
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
