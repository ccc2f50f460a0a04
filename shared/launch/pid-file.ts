/** A file that holds the number of the launcher it belongs to, as long as that one lives. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { commandOf, isAlive } from './wrappers.ts'

/** Puts the number of this process there; disposing of it takes the file away. */
export function writePidFile(file: string): Disposable {
  writeFileSync(file, String(process.pid), { mode: 0o600 })
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) }
}

/** The launcher that a file belongs to; undefined when it is gone. */
export function launcherIn(file: string): number | undefined {
  const owner = readOwner(file)
  return owner !== undefined && isLauncher(owner) ? owner : undefined
}

/** The same, but for this one. */
export function otherLauncher(file: string): number | undefined {
  const owner = launcherIn(file)
  return owner === process.pid ? undefined : owner
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
