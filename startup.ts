/** Starts and stops everything: `npx tsx startup.ts`. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import * as z from 'zod'
import { type Config, type Instance, loadConfig } from './config/config.ts'
import { portsFrom } from './config/ports.ts'
import { makeBackup } from './shared/launch/backup.ts'
import { buildOverlay } from './shared/launch/build.ts'
import { Console, renderTable } from './shared/launch/console.ts'
import { requireFreePorts } from './shared/launch/free-ports.ts'
import { lockData } from './shared/launch/lock.ts'
import { HELP, type Options, readOptions } from './shared/launch/options.ts'
import { chosenInstances, OverlayProcesses, planPorts } from './shared/launch/overlay.ts'
import { restoreBackup } from './shared/launch/restore.ts'
import { isAlive, wrapperPids } from './shared/launch/wrappers.ts'
import { LOG_LEVELS } from './shared/process/log.ts'
import { overlayKey } from './shared/process/overlay-key.ts'
import { EXIT_REFUSED, StartError } from './shared/process/start-error.ts'

const root = import.meta.dirname

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), root)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  if (options.command !== 'start') return keepOrRestore(options)
  const began = Date.now()
  requireLogLevel(environment()['LOG_LEVEL'])
  const config = loadConfig(options.config)
  const instances = chosenInstances(config, options.only)
  const ports = portsFrom(options.portBase)
  using _lock = lockData(options.data)
  await requireFreePorts(planPorts(instances, { ports, demo: options.demo }))
  const bundles = await buildOverlay(root, join(options.data, 'build'))
  overlayKey(options.data)

  const terminal = process.stdout.isTTY && !process.env['NO_COLOR']
  const console = new Console(join(options.data, 'logs'), terminal)
  const overlay = new OverlayProcesses({ options, bundles, instances, ports, console, env: environment() })
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

/** Copies the state of an overlay, or puts such a copy in its place; nothing is started. */
function keepOrRestore({ command, data, folder }: Options): number {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const now = new Date()
  if (command === 'restore' && folder !== undefined) {
    const aside = restoreBackup({ data, folder, now, say })
    say(`${folder} is restored into ${data}.${aside === undefined ? '' : ` What was there before is in ${aside}.`}`)
    return 0
  }
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  const made = makeBackup({ data, folder, version, now, say })
  say(`The backup is whole: ${made}`)
  say('It holds messages and API keys as they are, not encrypted: keep it where only you can read it.')
  say(`To go back to it: stop the overlay, then npx tsx startup.ts restore ${made} --data ${data}`)
  return 0
}

/** @throws {StartError} naming the levels there are */
function requireLogLevel(level: string | undefined): void {
  if (level && !LOG_LEVELS.includes(level))
    throw new StartError(`Cannot use LOG_LEVEL=${level}: it must be one of ${LOG_LEVELS.join(', ')}.`)
}

/** Variables of a `.env` file count where the environment itself has none. */
function environment(): NodeJS.ProcessEnv {
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

try {
  process.exit(await main())
} catch (error) {
  process.stderr.write(
    `${error instanceof StartError ? error.message : error instanceof Error ? error.stack : error}\n`,
  )
  process.exit(error instanceof StartError ? EXIT_REFUSED : 1)
}
