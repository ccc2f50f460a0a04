/** The folder of all state, looked at before anything is done there: a folder, and all of it writable for this account. */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StartError } from '../process/start-error.ts'
import { errorCode } from '../protocol/errors.ts'
import { shellWord } from './shell-word.ts'

/** @throws {StartError} when the path, or the one that it would be made in, is no folder */
export function requireFolder(data: string): void {
  const found = nearest(data)
  if (statSync(found).isDirectory()) return
  throw new StartError(
    `Cannot use --data ${data}: ${found === data ? 'it' : found} is a file, not a folder. Name a folder; it is made where it is missing.`,
  )
}

/**
 * What another account wrote there, such as root once, is found here rather than by one process after the other.
 * @param what is about to be done @throws {StartError} naming the first that cannot be written
 */
export function requireWritable(data: string, what: string): void {
  const place = nearest(data)
  const locked = (place === data ? [data, ...within(data)] : [place]).filter(path => !isWritable(path))
  const [first, ...more] = locked
  if (first === undefined) return
  if (place !== data)
    throw new StartError(
      `Cannot ${what}: ${data} is not there, and this account may not make it in ${place}. Make it (sudo install -d -o "$(id -un)" ${shellWord(data)}), or choose another folder with --data.`,
    )
  const others = more.length === 0 ? '' : `, nor ${more.length} more in ${data}`
  throw new StartError(
    `Cannot ${what}: this account may not write ${first}${others}. Give it the right (sudo chown -R "$(id -un)" ${shellWord(data)}), or choose another folder with --data.`,
  )
}

/** The path itself, or the nearest folder above it that is there. */
function nearest(path: string): string {
  try {
    if (existsSync(path)) return path
  } catch {
    // A path that cannot be looked at is judged by what is above it.
  }
  return dirname(path) === path ? path : nearest(dirname(path))
}

/** The entries of the folder, and those of its folders: an instance's stores, the logs. */
function within(data: string): string[] {
  const entries = entriesOf(data)
  return entries.flatMap(path => [
    path,
    ...(statSync(path, { throwIfNoEntry: false })?.isDirectory() ? entriesOf(path) : []),
  ])
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).map(name => join(folder, name))
  } catch {
    // Said of the folder itself.
    return []
  }
}

function isWritable(path: string): boolean {
  try {
    const isFolder = statSync(path).isDirectory()
    accessSync(path, constants.R_OK | constants.W_OK | (isFolder ? constants.X_OK : 0))
    return true
  } catch (error) {
    // Gone meanwhile, as what a stop removes.
    return errorCode(error) === 'ENOENT'
  }
}
