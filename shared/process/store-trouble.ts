/**
 * A store whose disk failed takes no write until the disk has proved itself again: asked twice a second, beside all else.
 *
 * A failed fsync is the reason for the strictness. The system forgets what it could not write and the next fsync
 * succeeds all the same, so that a later commit would stand in the log behind a gap, and a loss of power would take it along.
 * The proof therefore first moves the whole log into the file, which writes and syncs anew what may have been forgotten,
 * and empties the log, whose tail may still hold the commit that failed.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import * as z from 'zod'
import { errorText } from '../protocol/errors.ts'
import type { Log } from './log.ts'
import { namedFailure, StorageFailedError } from './store-failure.ts'

const PROVE_EVERY_MS = 500
const Checkpoint = z.object({ busy: z.int() })
const Version = z.object({ user_version: z.int() })

export class StoreTrouble {
  readonly #database: DatabaseSyncInstance
  readonly #path: string
  readonly #log: Log | undefined
  /** Why nothing can be written now. */
  #failure: StorageFailedError | undefined
  #timer: NodeJS.Timeout | undefined
  failures = 0

  constructor(database: DatabaseSyncInstance, { path, log }: { path: string; log: Log | undefined }) {
    this.#database = database
    this.#path = path
    this.#log = log
  }

  get reason(): string | undefined {
    return this.#failure?.message
  }

  /** @throws {StorageFailedError} while the disk has not proved itself */
  refuse(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Takes note of a write that failed because of the disk. */
  begin(failure: StorageFailedError): void {
    this.failures += 1
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#log?.error(
      { file: this.#path, why: failure.message },
      'nothing can be stored; it is tried again until it can',
    )
    this.#proveLater()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #proveLater(): void {
    this.#timer = setTimeout(() => {
      try {
        this.#prove()
        this.#failure = undefined
        this.#log?.info({ file: this.#path }, 'data can be stored again')
      } catch (error) {
        const failure = namedFailure(error, { path: this.#path, verb: 'write' })
        if (failure instanceof StorageFailedError) this.#failure = failure
        else this.#log?.warn({ file: this.#path, why: errorText(failure) }, 'the disk has not proved itself yet')
        this.#proveLater()
      }
    }, PROVE_EVERY_MS).unref()
  }

  /** Throws when the log cannot be moved into the file, or a write of no content does not reach the disk. */
  #prove(): void {
    const database = this.#database
    // Whoever reads just now, such as a backup, is not waited for: that would hold up this process.
    database.exec('PRAGMA busy_timeout = 0; PRAGMA synchronous = FULL')
    try {
      const { busy } = Checkpoint.parse(database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get())
      if (busy !== 0) throw new Error('another program reads the file')
      const { user_version } = Version.parse(database.prepare('PRAGMA user_version').get())
      database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${user_version}; COMMIT`)
    } finally {
      if (database.isTransaction) database.exec('ROLLBACK')
      database.exec('PRAGMA busy_timeout = 2000')
    }
  }
}
