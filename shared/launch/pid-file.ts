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
      const before = textOf(file)
      const owner = pidOf(before)
      if (owner !== undefined && isOther(owner)) return owner
      if (before !== undefined) removeLeft(file, before)
    }
  } finally {
    rmSync(written)
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
  if (textOf(file) === left) rmSync(file)
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
    return readText(file)
  } catch {
    return undefined
  }
}

/** The system may have given the number of a launcher that is gone to another program. */
function isLauncher(pid: number): boolean {
  const command = isAlive(pid) ? commandOf(pid) : ''
  return command === undefined || command.includes('startup')
}
