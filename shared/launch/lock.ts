/** One overlay a data folder: two would write the same stores. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../process/start-error.ts'
import { readUnfinished } from './unfinished-restore.ts'
import { commandOf, isAlive } from './wrappers.ts'

/**
 * @param what is about to be done, for the wording
 * @param evenUnfinished whether the caller finishes a restore that was interrupted
 * @throws {StartError} while another launcher with the same data folder lives, and when a restore was interrupted there
 */
export function lockData(data: string, { what = 'start', evenUnfinished = false } = {}): Disposable {
  const file = lockFile(data)
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const owner = launcherOf(data)
  if (owner !== undefined && owner !== process.pid)
    throw new StartError(
      `Cannot ${what}: an overlay with the data in ${data} is running already (process ${owner}). Stop it (npx tsx startup.ts stop), or choose another folder with --data.`,
    )
  const unfinished = evenUnfinished ? undefined : readUnfinished(data)
  if (unfinished !== undefined)
    throw new StartError(
      `Cannot ${what}: a restore into ${data} was interrupted. Run it again: npx tsx startup.ts restore ${unfinished.folder} --data ${data}`,
    )
  writeFileSync(file, String(process.pid), { mode: 0o600 })
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) }
}

const lockFile = (data: string): string => join(data, 'overlay.pid')

/** The process that runs, or restores, the overlay of a data folder; undefined when none does. */
export function launcherOf(data: string): number | undefined {
  const owner = readOwner(lockFile(data))
  return owner !== undefined && isLauncher(owner) ? owner : undefined
}

function readOwner(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** The system may have given the number of a launcher that is gone to another program. */
function isLauncher(pid: number): boolean {
  const command = isAlive(pid) ? commandOf(pid) : ''
  return command === undefined || command.includes('startup')
}
