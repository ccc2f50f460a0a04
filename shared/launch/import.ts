/** `startup.ts import FILE`: a chat history of the Python overlay for one peer. The peer's own code reads it, in a process of its own. */
import { spawn } from 'node:child_process'
import { basename, join } from 'node:path'
import { loadOverlay } from '../../config/changed-persons.ts'
import type { Config } from '../../config/config.ts'
import { complain } from '../process/say.ts'
import { StartError } from '../process/start-error.ts'
import { sameName } from '../protocol/names.ts'
import { lockData } from './lock.ts'
import type { Options } from './options.ts'

/** @param root the folder of the program. @returns the exit code @throws {StartError} while the overlay runs */
export async function importHistory(options: Options, root: string): Promise<number> {
  const { config: configFile, data, operand: file = '' } = options
  const name = ownerOf(file, options.into, loadOverlay(options))
  using _lock = lockData(data, { what: 'import' })
  const args = [join(root, 'peer', 'import-main.ts'), name, file, '--config', configFile, '--data', data]
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  // Awaited here: the data is locked until the import has ended.
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (signal !== null) complain(`The import was ended by ${signal}: run it again, which adds only what is missing.`)
      resolve(code ?? 1)
    })
  })
}

/** The Python overlay names its files so. */
const FILE_NAME = /^chat_history_(.+)\.json$/i

/** @throws {StartError} naming those who have a history */
function ownerOf(file: string, into: string | undefined, { instances }: Config): string {
  const owners = instances.filter(({ kind }) => kind !== 'service').map(({ name }) => name)
  const known = `Known: ${owners.join(', ')}.`
  const wanted = into ?? FILE_NAME.exec(basename(file))?.[1]
  if (wanted === undefined)
    throw new StartError(
      `Cannot import ${file}: its name is not chat_history_NAME.json and does not say whose history it is. Name the person with --into NAME. ${known}`,
    )
  const owner = owners.find(name => sameName(name, wanted))
  if (owner !== undefined) return owner
  const remedy = into === undefined ? 'Choose one with --into NAME.' : ''
  throw new StartError(
    `Cannot import ${file} into "${wanted}": the configuration has no person or assistant of that name. ${remedy} ${known}`.replace(
      '  ',
      ' ',
    ),
  )
}
