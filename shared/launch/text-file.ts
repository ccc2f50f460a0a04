/** A text file that a person may read and write as well, changed by the program: one change at a time, and the old text or the new one, never half of one. */
import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileReason } from '../process/file-problem.ts'
import { removeFile, writeNew } from '../process/new-file.ts'
import { readText } from '../process/read-text.ts'
import { StartError } from '../process/start-error.ts'
import { errorCode, errorText } from '../protocol/errors.ts'
import { syncPath } from './data-files.ts'

/** A change takes milliseconds: what is older was left by a process that was killed meanwhile. */
const ABANDONED_MS = 10_000

/**
 * Puts what `change` makes of the text in its place: temporary file, fsync, rename; mode and owner stay. A file that
 * is not there yet is empty, and will be readable by the owner of its folder alone. The temporary file is the lock as well, so that changes of several processes come one after another.
 * @throws {StartError} when the file cannot be read or written; what `change` throws leaves the file as it was
 */
export async function changeTextFile(path: string, change: (text: string) => string | Promise<string>): Promise<void> {
  try {
    const file = existsSync(path) ? realpathSync(path) : path
    const temporary = `${file}.changing`
    const descriptor = await claim(temporary)
    try {
      const text = await change(existsSync(file) ? readText(file) : '')
      const { uid, gid } = statSync(existsSync(file) ? file : dirname(file))
      const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600
      // Root may change what the user of a service reads.
      if (process.getuid?.() === 0) fchownSync(descriptor, uid, gid)
      fchmodSync(descriptor, mode & 0o777)
      // Not writeSync, which is content with the part that a full disk takes.
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
      renameSync(temporary, file)
      syncPath(dirname(file))
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(
      `Cannot change ${path}: ${fileReason(error) ?? errorText(error)}. Make the file and its folder writable, and try again.`,
    )
  }
}

async function claim(temporary: string): Promise<number> {
  for (;;) {
    try {
      return openSync(temporary, 'wx', 0o600)
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
    const since = statSync(temporary, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
    if (diskTime(temporary) - since > ABANDONED_MS) removeFile(temporary)
    else await sleep(20)
  }
}

/** Milliseconds since 1970 by the clock that gives files their times: that of a disk in the network is not ours. */
function diskTime(beside: string): number {
  const probe = `${beside}.${process.pid}`
  try {
    writeNew(probe, '')
    return statSync(probe).mtimeMs
  } finally {
    removeFile(probe)
  }
}
