/** Starts everything, says when it is ready, and stops it when asked. */
import { lstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { addressText, linkTo, originOf } from '../../config/address.ts'
import { type Addresses, addressesOf } from '../../config/addresses.ts'
import { changesInWords, personsFile, readChangedPersons, withChanges } from '../../config/changed-persons.ts'
import { type Config, loadConfig } from '../../config/config.ts'
import type { Instance } from '../../config/instance.ts'
import { portsFrom } from '../../config/ports.ts'
import { createLog, LOG_LEVELS } from '../process/log.ts'
import { printable } from '../process/printable.ts'
import { readText } from '../process/read-text.ts'
import { sayLines } from '../process/say.ts'
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'
import { PROVIDER_VARIABLES } from '../protocol/route.ts'
import { buildFolder, buildOverlay, bundlesIn, requireBuildFolder } from './build.ts'
import { buildServices } from './build-services.ts'
import { Console, renderTable } from './console.ts'
import type { OverlayStatus, ProcessStatus } from './control-protocol.ts'
import { startControl } from './control-server.ts'
import { ControllerCalls } from './controller-calls.ts'
import { requireFreePorts } from './free-ports.ts'
import { keepPrivate } from './keep-private.ts'
import { lockData } from './lock.ts'
import type { Options } from './options.ts'
import { chosenInstances, OverlayProcesses, planPorts } from './overlay.ts'
import { Persons } from './persons.ts'
import { shellWord } from './shell-word.ts'
import { askedToStop, untilAsked } from './until-asked.ts'

/** @param root the folder of the program. @returns the exit code */
export async function startOverlay(options: Options, root: string): Promise<number> {
  const began = new Date()
  const env = environment(root)
  requireLogLevel(env['LOG_LEVEL'])
  const written = loadConfig(options.config)
  const changed = readChangedPersons(options.data)
  const config = withChanges(written, changed, options)
  const instances = chosenInstances(config, options)
  const addresses = addressesOf(config, portsFrom(options.portBase))
  requireBuildFolder(options.data)
  using _lock = lockData(options.data)
  await requireFreePorts(planPorts(instances, { addresses, demo: options.demo }))
  const terminal = process.stdout.isTTY && !process.env['NO_COLOR']
  const console = new Console(join(options.data, 'logs'), terminal)
  for (const line of [...keepPrivate(options.data), ...wideEnvironment(root)]) console.say(line, 'warn')
  const target = buildFolder(options.data)
  const bundles = bundlesIn(target, options)
  const overlay = new OverlayProcesses({ options, bundles, instances, addresses, console, env })
  const asked = askedToStop(() => overlay.kill())
  const build = async () => {
    await buildOverlay(root, target, options)
    await buildServices(instances, { root, configFile: options.config, bundles })
  }
  const ready = build().then(() => overlay.start())
  using controller = new ControllerCalls(originOf(addresses.controller), options.data)
  const persons = new Persons({ options, overlay, controller, ready, stopping: asked.signal })
  await using _control = await startControl(
    options.data,
    {
      status: () => statusOf(options, { since: began, processes: overlay.status }),
      stop: () => asked.ask('asked from another terminal'),
      add: name => persons.add(name),
      remove: name => persons.remove(name),
    },
    createLog('startup', env['LOG_LEVEL'] || 'info', { write: line => console.line('startup', line.trimEnd()) }),
  )
  await untilAsked({ ready, asked, console, stop: () => overlay.stop() }, () => {
    sayLines(`\n${overview(config, { options, instances, addresses, changes: changesInWords(written, changed) })}`)
    console.say(`everything is ready after ${((Date.now() - began.getTime()) / 1000).toFixed(1)} s; Ctrl+C stops it`)
  })
  return 0
}

/** @throws {StartError} naming the levels there are */
export function requireLogLevel(level: string | undefined): void {
  if (level && !LOG_LEVELS.includes(level))
    throw new StartError(`Cannot use LOG_LEVEL=${level}: it must be one of ${LOG_LEVELS.join(', ')}.`)
}

/** Variables of a `.env` file count where the environment itself has none. @throws {StartError} for a file that cannot be read */
export function environment(root: string): NodeJS.ProcessEnv {
  const file = join(root, '.env')
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return process.env
  try {
    return { ...parseEnv(readText(file)), ...process.env }
  } catch (error) {
    throw new StartError(`Cannot use ${file}: ${errorText(error)}.`)
  }
}

/** The file is its user's: it is said, not changed. @returns what to say where other accounts can read API keys there */
export function wideEnvironment(root: string): string[] {
  const file = join(root, '.env')
  const isWide = ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o044) !== 0
  if (!isWide) return []
  const found = parseEnv(readText(file))
  const key = Object.values(PROVIDER_VARIABLES).find(variable => found[variable])
  return key === undefined ? [] : [`other accounts can read ${key} in ${file}: chmod 600 ${shellWord(file)}`]
}

const statusOf = (
  { demo, web, data, config }: Options,
  { since, processes }: { since: Date; processes: ProcessStatus[] },
): OverlayStatus => ({ pid: process.pid, since: since.toISOString(), demo, web, data, config, processes })

function overview(
  config: Config,
  {
    options,
    instances,
    addresses,
    changes,
  }: {
    options: Options
    instances: readonly Instance[]
    addresses: Addresses
    changes: string | undefined
  },
): string {
  const modes = { manual: 'by hand', canned: 'canned replies', away: 'away', assistant: 'AI assistant' } as const
  const kinds = { assistant: 'AI assistant', service: 'service' } as const
  const mode = (instance: Instance) => (instance.kind === 'person' ? modes[instance.mode] : kinds[instance.kind])
  const rows = instances.map(instance => [
    instance.name,
    instance.kind === 'service' ? '-' : linkTo(addresses.peer(instance)),
    addressText(addresses.proxy(instance)),
    mode(instance),
    'ready',
  ])
  const dashboard = ['dashboard', linkTo(addresses.controller), '-', 'controller', 'ready']
  const demo = options.demo
    ? `\nDemonstration: ${printable(Object.keys(config.routes).join(', '))} are answered on this machine, not by the real models.\n`
    : ''
  const changed =
    changes === undefined
      ? ''
      : `\n${printable(`Beside ${options.config}: ${changes} (${personsFile(options.data)}).`)}\n`
  return `${renderTable([['NAME', options.web ? 'PAGE' : 'API', 'PROXY', 'MODE', 'STATE'], ...rows, dashboard])}\n${changed}${demo}`
}
