/** The command line of `startup.ts`. */

import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DEFAULT_PORT_BASE } from '../../config/ports.ts'
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'

export const HELP = `Overlay Chat: people, AI models and services in one chat, each a peer with a name.

Usage: npx tsx startup.ts [options]
       npx tsx startup.ts backup [FOLDER] [--data DIR | --demo]
       npx tsx startup.ts restore FOLDER [--data DIR | --demo]

Commands:
  (none)            start everything
  backup [FOLDER]   copy all state, also while the overlay runs (default backups/NAME-TIME beside the data folder).
                    The copy holds messages and API keys as they are: keep it where only you can read it
  restore FOLDER    put a backup in the place of the present state, which is moved aside; the overlay must be stopped

Options:
  --demo            answer for the four AI APIs with a demonstration provider on this machine (no keys, no cost)
  --only NAMES      start only these instances, such as --only alice,bob
  --port-base N     move all ports: peers N+n, controller N+3000, demonstration N+4000, proxies N+5000+n (default ${DEFAULT_PORT_BASE})
  --data DIR        where state and logs are kept (default data, with --demo data/demo)
  --config FILE     the overlay's configuration (default config/overlay.json)
  --help            show this text

Environment (or a file .env beside startup.ts):
  OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, MISTRAL_API_KEY   keys; they can be put on the dashboard as well
  LOG_LEVEL         debug, info (default), warn or error
  NO_COLOR          set to anything: no colours

Ctrl+C stops everything.
`

const COMMANDS = ['start', 'backup', 'restore'] as const

export type Options = {
  readonly command: (typeof COMMANDS)[number]
  /** Of a backup. */
  readonly folder: string | undefined
  readonly help: boolean
  readonly demo: boolean
  readonly only: readonly string[] | undefined
  readonly portBase: number
  readonly data: string
  readonly config: string
}

/** @throws {StartError} for a flag or value that is not known */
export function readOptions(args: readonly string[], root: string): Options {
  const { values, positionals } = parse(args)
  const demo = values.demo ?? false
  const only = values.only
    ?.split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  if (only?.length === 0)
    throw new StartError('Cannot use --only: it names no instance. Give names such as --only alice,bob.')
  return {
    ...(values.help ? { command: 'start', folder: undefined } : readCommand(positionals)),
    help: values.help ?? false,
    demo,
    only,
    portBase: readPortBase(values['port-base'] ?? String(DEFAULT_PORT_BASE)),
    data: resolve(values.data ?? join(root, 'data', ...(demo ? ['demo'] : []))),
    config: resolve(values.config ?? join(root, 'config', 'overlay.json')),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        demo: { type: 'boolean' },
        only: { type: 'string' },
        'port-base': { type: 'string' },
        data: { type: 'string' },
        config: { type: 'string' },
      },
    })
  } catch (error) {
    throw new StartError(`Cannot read the command line: ${errorText(error)} --help lists all options.`)
  }
}

/** @throws {StartError} for a command that is not known, and for too few or too many words after it */
function readCommand([name = 'start', folder, ...more]: readonly string[]): Pick<Options, 'command' | 'folder'> {
  const command = COMMANDS.find(known => known === name)
  if (command === undefined || (command === 'start' && folder !== undefined))
    throw new StartError(
      `Cannot read the command line: there is no command "${name}". Known: backup, restore. --help lists all options.`,
    )
  if (more.length > 0)
    throw new StartError(`Cannot read the command line: ${command} takes one folder, not also ${more.join(' ')}.`)
  if (command === 'restore' && folder === undefined)
    throw new StartError('Cannot restore: no folder is named. Give the folder of a backup: restore FOLDER.')
  return { command, folder: folder === undefined ? undefined : resolve(folder) }
}

function readPortBase(text: string): number {
  const base = Number(text)
  if (Number.isInteger(base) && base >= 1024 && base <= 59_000) return base
  throw new StartError(`Cannot use --port-base ${text}: it must be a whole number from 1024 to 59000.`)
}
