/** One overlay a data folder: two would write the same stores. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../process/start-error.ts'
import { commandOf, isAlive } from './wrappers.ts'

/** @throws {StartError} while another launcher with the same data folder lives */
export function lockData(data: string): Disposable {
  const file = join(data, 'overlay.pid')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const owner = readOwner(file)
  if (owner !== undefined && owner !== process.pid && isLauncher(owner))
    throw new StartError(
      `Cannot start: an overlay with the data in ${data} is running already (process ${owner}). Stop it, or choose another folder with --data.`,
    )
  writeFileSync(file, String(process.pid), { mode: 0o600 })
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) }
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
