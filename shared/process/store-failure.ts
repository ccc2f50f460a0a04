/** What SQLite's failures mean: a disk that does not take or give data, a damaged file, or a bug of ours. */
import { basename } from 'node:path'
import { OverlayError } from '../protocol/errors.ts'
import { DataFileError } from './start-error.ts'

/** Primary result codes of SQLite (https://sqlite.org/rescode.html): the low byte of every extended one. */
const DISK_CODES: Readonly<Record<number, string>> = {
  8: 'it may only be read',
  10: 'the disk fails',
  13: 'the disk is full',
  14: 'it cannot be opened',
}
const DAMAGE_CODES: readonly number[] = [11, 26]
const FULL = 13

/** Nothing was kept, and nothing is lost that was accepted before: the same call may be made again, with the same ids. */
export class StorageFailedError extends OverlayError {
  readonly code = 'storage_failed'
  readonly status = 507
  override readonly retryable = true
  constructor(path: string, { verb, why, remedy }: { verb: 'read' | 'write'; why: string; remedy: string }) {
    super(`Cannot ${verb} ${basename(path)}: ${why}. ${remedy}; this process goes on by itself once it can.`)
  }
}

const codeOf = (error: unknown): number =>
  error instanceof Error && 'sqliteCode' in error && typeof error.sqliteCode === 'number' ? error.sqliteCode : 0

/** Whether it was the disk: SQLite may have ended the whole transaction then, with all its savepoints. */
export const isDiskFailure = (error: unknown): boolean =>
  error instanceof StorageFailedError || (codeOf(error) & 0xff) in DISK_CODES

/**
 * The same failure by its name: of the disk, of a damaged file, or as it was.
 * @param changed whether the file was in use already
 */
export function namedFailure(
  error: unknown,
  { path, verb, changed = false }: { path: string; verb: 'read' | 'write'; changed?: boolean },
): unknown {
  const code = codeOf(error) & 0xff
  if (DAMAGE_CODES.includes(code) && error instanceof Error)
    return new DataFileError(path, `it is damaged (${error.message})`, { changed })
  const kind = DISK_CODES[code]
  if (kind === undefined || !(error instanceof Error)) return error
  const detail = 'sqliteCodeName' in error && code !== FULL ? ` (${error.sqliteCodeName})` : ''
  const remedy = code === FULL ? 'Free some space' : "Look at the disk, and at the system's log"
  return new StorageFailedError(path, { verb, why: kind + detail, remedy })
}
