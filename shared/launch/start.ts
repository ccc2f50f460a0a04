/** Starts everything, says when it is ready, and stops it when asked. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { type Config, loadConfig } from '../../config/config.ts'
import type { Instance } from '../../config/instance.ts'
import { portsFrom } from '../../config/ports.ts'
import { LOG_LEVELS } from '../process/log.ts'
import { overlayKey } from '../process/overlay-key.ts'
import { StartError } from '../process/start-error.ts'
import { buildOverlay } from './build.ts'
import { buildServices } from './build-services.ts'
import { Console, renderTable } from './console.ts'
import { requireFreePorts } from './free-ports.ts'
import { lockData } from './lock.ts'
import type { Options } from './options.ts'
import { chosenInstances, OverlayProcesses, planPorts } from './overlay.ts'
import { isAlive, wrapperPids } from './wrappers.ts'

/** @param root the folder of the program. @returns the exit code */
export async function startOverlay(options: Options, root: string): Promise<number> {
  const began = Date.now()
  requireLogLevel(environment(root)['LOG_LEVEL'])
  const config = loadConfig(options.config)
  const instances = chosenInstances(config, options)
  const ports = portsFrom(options.portBase)
  using _lock = lockData(options.data)
  await requireFreePorts(planPorts(instances, { ports, demo: options.demo }))
  const bundles = await buildOverlay(root, join(options.data, 'build'))
  await buildServices(instances, { root, configFile: options.config, bundles })
  overlayKey(options.data)

  const terminal = process.stdout.isTTY && !process.env['NO_COLOR']
  const console = new Console(join(options.data, 'logs'), terminal)
  const overlay = new OverlayProcesses({ options, bundles, instances, ports, console, env: environment(root) })
  const asked = askedToStop(() => overlay.kill())
  try {
    await Promise.race([overlay.start(), asked])
    if (!asked.isSettled()) {
      process.stdout.write(`\n${overview(config, { options, instances })}\n`)
      console.say(`everything is ready after ${((Date.now() - began) / 1000).toFixed(1)} s; Ctrl+C stops it`)
    }
    console.say(`stopping (${await asked})`)
  } finally {
    await overlay.stop()
  }
  console.say('stopped')
  return 0
}

/** @throws {StartError} naming the levels there are */
function requireLogLevel(level: string | undefined): void {
  if (level && !LOG_LEVELS.includes(level))
    throw new StartError(`Cannot use LOG_LEVEL=${level}: it must be one of ${LOG_LEVELS.join(', ')}.`)
}

/** Variables of a `.env` file count where the environment itself has none. */
function environment(root: string): NodeJS.ProcessEnv {
  const file = join(root, '.env')
  return existsSync(file) ? { ...parseEnv(readFileSync(file, 'utf8')), ...process.env } : process.env
}

/** Resolves with what asked for the stop: a signal, or the end of the program that started this one. A second Ctrl+C ends all at once. */
function askedToStop(killAll: () => void): Promise<string> & { isSettled: () => boolean } {
  let settled = false
  const wrappers = wrapperPids()
  const promise = new Promise<string>(resolve => {
    const ask = (why: string) => {
      if (settled && why === 'SIGINT') killAll()
      settled = true
      resolve(why)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
    setInterval(() => wrappers.every(isAlive) || ask('the process that started this one is gone'), 500).unref()
  })
  return Object.assign(promise, { isSettled: () => settled })
}

function overview(
  config: Config,
  { options, instances }: { options: Options; instances: readonly Instance[] },
): string {
  const ports = portsFrom(options.portBase)
  const modes = { person: 'by hand', assistant: 'AI assistant', service: 'service' } as const
  const mode = (instance: Instance) =>
    instance.kind === 'person' && instance.mode === 'canned' ? 'automatic' : modes[instance.kind]
  const rows = instances.map(instance => [
    instance.name,
    instance.kind === 'service' ? '-' : `http://localhost:${ports.peer(instance.n)}`,
    `127.0.0.1:${ports.proxy(instance.n)}`,
    mode(instance),
    'ready',
  ])
  const dashboard = ['dashboard', `http://localhost:${ports.controller}`, '-', 'controller', 'ready']
  const demo = options.demo
    ? `\nDemonstration: ${Object.keys(config.routes).join(', ')} are answered on this machine, not by the real models.\n`
    : ''
  return `${renderTable([['NAME', 'PAGE', 'PROXY', 'MODE', 'STATE'], ...rows, dashboard])}\n${demo}`
}
