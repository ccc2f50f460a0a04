/** The command line of `startup.ts`. */

import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DEFAULT_PORT_BASE } from '../../config/ports.ts'
import { didYouMean } from '../process/did-you-mean.ts'
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'
import { shellWord } from './shell-word.ts'

/** Each command, with what follows it. */
const COMMANDS = {
  start: 'nothing',
  status: 'nothing',
  stop: 'nothing',
  add: 'a name',
  remove: 'a name',
  controller: 'nothing',
  proxy: 'a name',
  peer: 'a name',
  import: 'a file',
  backup: 'a folder, if any',
  restore: 'a folder',
} as const
export type CommandName = keyof typeof COMMANDS

export type Options = {
  readonly command: CommandName
  /** What follows the command: a name, or the whole path of a file or folder. */
  readonly operand: string | undefined
  /** The flags that were typed, each after a space and as a shell reads them, for a command that is proposed. */
  readonly flags: string
  readonly help: boolean
  readonly demo: boolean
  readonly only: readonly string[] | undefined
  /** False: the pages are neither built nor served. */
  readonly web: boolean
  readonly thermometer: boolean
  readonly assistants: boolean
  /** A status for programs. */
  readonly json: boolean
  /** Into whose history an import goes. */
  readonly into: string | undefined
  readonly portBase: number
  readonly data: string
  readonly config: string
}

/** @throws {StartError} for a flag or value that is not known */
export function readOptions(args: readonly string[], root: string): Options {
  const { values, positionals, tokens } = parse(args)
  const demo = values.demo ?? false
  const only = values.only
    ?.split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  if (only?.length === 0)
    throw new StartError('Cannot use --only: it names no instance. Give names such as --only alice,bob.')
  return {
    ...(values.help ? { command: 'start', operand: undefined } : readCommand(positionals)),
    flags: tokens
      .map(token =>
        token.kind === 'option'
          ? ` ${token.rawName}${token.value === undefined ? '' : ` ${shellWord(token.value)}`}`
          : '',
      )
      .join(''),
    help: values.help ?? false,
    demo,
    only,
    web: !values['no-web'],
    thermometer: !values['no-thermometer'],
    assistants: !values['no-openai'],
    json: values.json ?? false,
    into: values.into,
    portBase: readPortBase(values['port-base'] ?? String(DEFAULT_PORT_BASE)),
    data: resolve(values.data ?? join(root, 'data', ...(demo ? ['demo'] : []))),
    config: resolve(values.config ?? join(root, 'config', 'overlay.json')),
  }
}

const OPTIONS = {
  demo: { type: 'boolean' },
  only: { type: 'string' },
  'no-web': { type: 'boolean' },
  'no-thermometer': { type: 'boolean' },
  'no-openai': { type: 'boolean' },
  json: { type: 'boolean' },
  into: { type: 'string' },
  'port-base': { type: 'string' },
  data: { type: 'string' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, tokens: true, options: OPTIONS })
  } catch (error) {
    throw new StartError(`Cannot read the command line: ${misuse(error)} --help lists all options.`)
  }
}

/** Node's own sentences speak of "positional arguments", and are cut where they do. */
function misuse(error: unknown): string {
  const text = errorText(error)
  const option = /'(?:-\w, )?(-[^' ]*)/.exec(text)?.[1]
  if (option === undefined) return text
  const known = Object.keys(OPTIONS).map(name => `--${name}`)
  if (text.startsWith('Unknown option'))
    return `there is no option ${option}.${didYouMean(option, known)} Known: ${known.join(', ')}.`
  return text.includes('does not take') ? `${option} takes no value.` : `${option} needs a value after it.`
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name)

/** @throws {StartError} for a command that is not known, and for too few or too many words after it */
function readCommand([name = 'start', operand, ...more]: readonly string[]): Pick<Options, 'command' | 'operand'> {
  const refuse = (detail: string) =>
    new StartError(`Cannot read the command line: ${detail} --help lists all commands.`)
  if (!isCommand(name))
    throw refuse(
      `there is no command "${name}".${didYouMean(name, Object.keys(COMMANDS))} Known: ${Object.keys(COMMANDS).slice(1).join(', ')}.`,
    )
  const takes = COMMANDS[name]
  const surplus = takes === 'nothing' && operand !== undefined ? [operand, ...more] : more
  if (surplus.length > 0)
    throw refuse(`${name} takes ${takes} after it, not ${takes === 'nothing' ? '' : 'also '}"${surplus.join(' ')}".`)
  if (operand === undefined && (takes === 'a name' || takes === 'a file' || takes === 'a folder'))
    throw refuse(`${name} needs ${takes} after it.`)
  return { command: name, operand: operand === undefined || takes === 'a name' ? operand : resolve(operand) }
}

function readPortBase(text: string): number {
  const base = Number(text)
  if (Number.isInteger(base) && base >= 1024 && base <= 59_000) return base
  throw new StartError(`Cannot use --port-base ${text}: it must be a whole number from 1024 to 59000.`)
}
