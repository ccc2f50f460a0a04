/** The command line of the terminal client, and what `--help` says. */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DEFAULT_PORT_BASE } from '../../config/ports.ts'
import { StartError } from '../../shared/process/start-error.ts'
import { errorText } from '../../shared/protocol/errors.ts'
import { COMMANDS } from './command.ts'

export type Options = {
  readonly help: boolean
  readonly name: string
  readonly config: string
  readonly data: string
  readonly portBase: number
}

/** Each line that can be written with what it does, in two columns. */
export const LINE_ROWS = [['NAME: text', 'sends text to NAME'] as const, ...COMMANDS].map(
  ([line, does]) => `${line.padEnd(24)}${does}`,
)

export const HELP = `Talks through the peer of a person or an assistant, from a terminal or a pipe.

Usage: npx tsx peer/terminal.ts NAME [options]        (or: npm run chat -- NAME)
       echo "bob: hello" | npx tsx peer/terminal.ts alice

Lines:
${LINE_ROWS.map(row => `  ${row}`).join('\n')}
  Tab completes names and commands, ↑ brings back what was sent, Ctrl+C stops the answer that is being written.

In a pipe each line is carried out in its order; empty lines and lines that begin with # are passed over. An AI's answer
is waited for and printed. Exit code 0 if every line was accepted, else 1, with each refusal on standard error.

Options:
  --config FILE           the overlay's configuration (default config/overlay.json)
  --data DIR              the overlay's data, which say who was added (default data, with --demo data/demo)
  --demo                  talk in the demonstration
  --port-base N           as the overlay was started with (default ${DEFAULT_PORT_BASE})
  --help                  show this text

Environment:
  NO_COLOR                set to anything: no colours
`

/** @param root the folder of the program @throws {StartError} for a flag or value that is not known */
export function readOptions(args: readonly string[], root: string): Options {
  const { values, positionals } = parse(args)
  const [name, ...more] = positionals
  const help = values.help ?? false
  if (name === undefined && !help) throw refuse('it names nobody to talk as, such as alice.')
  if (more.length > 0) throw refuse(`one name is enough; there is also "${more.join(' ')}".`)
  const portBase = Number(values['port-base'] ?? DEFAULT_PORT_BASE)
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 59_000)
    throw new StartError(
      `Cannot use --port-base ${values['port-base']}: it must be a whole number from 1024 to 59000, the one that the overlay was started with.`,
    )
  return {
    help,
    name: name ?? '',
    config: resolve(values.config ?? join(root, 'config', 'overlay.json')),
    data: resolve(values.data ?? join(root, 'data', ...(values.demo ? ['demo'] : []))),
    portBase,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        config: { type: 'string' },
        data: { type: 'string' },
        demo: { type: 'boolean' },
        'port-base': { type: 'string' },
      },
    })
  } catch (error) {
    throw refuse(errorText(error).replace(/[^.]$/, '$&.'))
  }
}

const refuse = (detail: string) =>
  new StartError(`Cannot read the command line: ${detail} Usage: npx tsx peer/terminal.ts NAME; --help says more.`)
