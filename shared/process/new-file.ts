/** Files that the program makes: for its own account alone, and never through what lies in their place. */
import { closeSync, fsyncSync, openSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { errorCode } from '../protocol/errors.ts'

/**
 * @param path a name of the program's own, as `peer.db.new`: a file of that name, or a link, was left by a process that died
 * @returns a descriptor to write to, to be closed @throws the system's own error, also for a folder of that name
 */
export function openNew(path: string): number {
  removeFile(path)
  // Made, not opened: what appears there meanwhile is not written to, and a link is not followed.
  return openSync(path, 'wx', 0o600)
}

/** It is on disk once this returns; what cannot be written whole is taken away. @throws as {@link openNew} */
export function writeNew(path: string, content: string): void {
  const descriptor = openNew(path)
  try {
    writeFileSync(descriptor, content)
    fsyncSync(descriptor)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
}

/** Takes away a file, or a link but not what it leads to; a folder of that name stays. @throws the system's own error, but not for what is not there */
export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}
