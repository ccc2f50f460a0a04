/** A file that holds the number of the launcher it belongs to, as long as that one lives. */
import { rmSync, writeFileSync } from 'node:fs'
import { linkNew } from '../process/link-new.ts'
import { readText } from '../process/read-text.ts'
import { commandOf, isAlive } from './wrappers.ts'

/**
 * Puts the number of this process there: of several at once, one does. Disposing of it takes the file away.
 * @returns the launcher that has the file, where one lives
 */
export function claimPidFile(file: string): Disposable | number {
  // Written whole before it has its name: nobody takes half a number for that of a launcher that is gone.
  const written = `${file}.${process.pid}`
  writeFileSync(written, String(process.pid), { mode: 0o600 })
  try {
    for (;;) {
      if (linkNew(written, file)) return { [Symbol.dispose]: () => rmSync(file, { force: true }) }
      const before = readOwner(file)
      if (before !== undefined && isOther(before)) return before
      // To look whether a launcher lives takes a while, in which another may have put its number there.
      if (readOwner(file) === before) rmSync(file, { force: true })
    }
  } finally {
    rmSync(written)
  }
}

/** The launcher that a file belongs to, if not to this one; undefined when it is gone. */
export function otherLauncher(file: string): number | undefined {
  const owner = readOwner(file)
  return owner !== undefined && isOther(owner) ? owner : undefined
}

/** A number that is the own was another's before: a container gives its processes the same ones at each start. */
const isOther = (pid: number): boolean => pid !== process.pid && isLauncher(pid)

function readOwner(file: string): number | undefined {
  try {
    return Number(readText(file)) || undefined
  } catch {
    return undefined
  }
}

/** The system may have given the number of a launcher that is gone to another program. */
function isLauncher(pid: number): boolean {
  const command = isAlive(pid) ? commandOf(pid) : ''
  return command === undefined || command.includes('startup')
}
