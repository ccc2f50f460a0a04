/** A file that holds the number of the launcher it belongs to, as long as that one lives. */
import { linkNew } from '../process/link-new.ts'
import { removeFile, writeNew } from '../process/new-file.ts'
import { SMALL } from '../process/open-file.ts'
import { readText } from '../process/read-text.ts'
import { StartError } from '../process/start-error.ts'
import { errorCode, errorText } from '../protocol/errors.ts'
import { commandOf, isAlive } from './wrappers.ts'

/**
 * Puts the number of this process there: of several at once, one does. Disposing of it takes the file away.
 * @returns the launcher that has the file, where one lives
 * @throws {StartError} where something else has that name
 */
export function claimPidFile(file: string): Disposable | number {
  // Written whole before it has its name: nobody takes half a number for that of a launcher that is gone.
  const written = `${file}.${process.pid}`
  writeNew(written, String(process.pid))
  try {
    for (;;) {
      if (linkNew(written, file)) return { [Symbol.dispose]: () => removeFile(file) }
      const before = requirePidFile(file)
      const owner = pidOf(before)
      if (owner !== undefined && isOther(owner)) return owner
      if (before !== undefined) removeLeft(file, before)
    }
  } finally {
    removeFile(written)
  }
}

/**
 * Takes a file away that a launcher left. To look and to take away are two steps, between which another launcher may have
 * put its own number there: of those that would take it away, one does, and looks once it may.
 */
function removeLeft(file: string, left: string): void {
  const taking = claimPidFile(`${file}.${pidOf(left) ?? 'unreadable'}.left`)
  if (typeof taking === 'number') return
  using _taking = taking
  if (textOf(file) === left) removeFile(file)
}

/** The launcher that a file belongs to, if not to this one; undefined when it is gone. */
export function otherLauncher(file: string): number | undefined {
  const owner = pidOf(textOf(file))
  return owner !== undefined && isOther(owner) ? owner : undefined
}

/** A number that is the own was another's before: a container gives its processes the same ones at each start. */
const isOther = (pid: number): boolean => pid !== process.pid && isLauncher(pid)

const pidOf = (text = ''): number | undefined => Number(text) || undefined

function textOf(file: string): string | undefined {
  try {
    return readText(file, SMALL)
  } catch {
    return undefined
  }
}

/** What may be there: a number, or the nothing that a machine which lost its power makes of one. @returns undefined where there is no file any more */
function requirePidFile(file: string): string | undefined {
  let text = ''
  try {
    text = readText(file, SMALL)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw isNoPidFile(file, errorText(error))
  }
  if (/^[\d\s\0]{0,40}$/.test(text)) return text
  throw isNoPidFile(file, 'what is there is no number')
}

const isNoPidFile = (file: string, why: string): StartError =>
  new StartError(
    `Cannot use ${file}: the number of a running process belongs there, but ${why}. Move it away, or choose another folder with --data.`,
  )

/** The system may have given the number of a launcher that is gone to another program. */
function isLauncher(pid: number): boolean {
  const command = isAlive(pid) ? commandOf(pid) : ''
  return command === undefined || command.includes('startup')
}
