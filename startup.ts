/** The launcher: `npx tsx startup.ts` starts and stops everything; `--help` lists its commands. */
import { join } from 'node:path'
import * as z from 'zod'
import { startApart } from './shared/launch/apart.ts'
import { makeBackup } from './shared/launch/backup.ts'
import { requireFolder } from './shared/launch/data-folder.ts'
import { HELP } from './shared/launch/help.ts'
import { importHistory } from './shared/launch/import.ts'
import { type Options, readOptions } from './shared/launch/options.ts'
import { addPerson, removePerson } from './shared/launch/person-commands.ts'
import { restoreBackup } from './shared/launch/restore.ts'
import { shellWord } from './shared/launch/shell-word.ts'
import { startOverlay } from './shared/launch/start.ts'
import { showStatus } from './shared/launch/status.ts'
import { stopOverlay } from './shared/launch/stop.ts'
import { fileProblem } from './shared/process/file-problem.ts'
import { readJson } from './shared/process/read-text.ts'
import { complain, say, sayLines, wordsOf } from './shared/process/say.ts'
import { EXIT_REFUSED, StartError, StartFailedError } from './shared/process/start-error.ts'

const root = import.meta.dirname
// Whatever this program and its processes make is for this account alone.
process.umask(0o077)

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), root)
  if (options.help) {
    sayLines(HELP.trimEnd())
    return 0
  }
  requireFolder(options.data)
  switch (options.command) {
    case 'start':
      return startOverlay(options, root)
    case 'backup':
    case 'restore':
      return keepOrRestore(options)
    case 'import':
      return importHistory(options, root)
    case 'status':
      return showStatus({ options, now: new Date(), say })
    case 'stop':
      return stopOverlay({ options, say })
    case 'add':
      return addPerson({ options, name: options.operand ?? '', say })
    case 'remove':
      return removePerson({ options, name: options.operand ?? '', say })
    case 'controller':
    case 'proxy':
    case 'peer':
      return startApart(options.command, options, root)
    default:
      return options.command satisfies never
  }
}

/** Copies the state of an overlay, or puts such a copy in its place; nothing is started. */
function keepOrRestore({ command, data, operand: folder }: Options): number {
  const now = new Date()
  if (command === 'restore' && folder !== undefined) {
    const aside = restoreBackup({ data, folder, now, say })
    say(`${folder} is restored into ${data}.${aside === undefined ? '' : ` What was there before is in ${aside}.`}`)
    return 0
  }
  const { version } = z.object({ version: z.string() }).parse(readJson(join(root, 'package.json')))
  const made = makeBackup({ data, folder, version, now, say })
  say(`The backup is whole: ${made}`)
  say('It holds messages and API keys as they are, not encrypted: keep it where only you can read it.')
  say(
    `To go back to it: stop the overlay, then npx tsx startup.ts restore ${shellWord(made)} --data ${shellWord(data)}`,
  )
  return 0
}

// A trace may hold words of others as well.
process.once('uncaughtException', error => {
  complain(wordsOf(error, false))
  process.exit(1)
})
try {
  process.exit(await main())
} catch (thrown) {
  const error = fileProblem(thrown) ?? thrown
  const isExpected = error instanceof StartError || error instanceof StartFailedError
  complain(wordsOf(error, isExpected))
  process.exit(error instanceof StartError ? EXIT_REFUSED : 1)
}
