/** A process's SQLite file: opened safely, migrated, written in groups so that one fsync serves all who wait. */

import type * as z from 'zod'
import type { Log } from './log.ts'
import { SqliteStore } from './sqlite-store.ts'
import type { DataFileError } from './start-error.ts'
import type { StoreFile } from './store-file.ts'

export type Parameter = string | number | null

/** Whoever runs the process: told what happens to the file while it is in use. */
export type StoreWatcher = {
  readonly log?: Log
  /** The file was found damaged: the process ends with this error. */
  readonly fail?: (error: DataFileError) => void
}

/** Rows of whatever shape are read through a schema: a stored row is parsed where it enters, like everything else. */
export interface Store {
  all<T extends z.ZodType>(row: T, sql: string, ...parameters: Parameter[]): z.infer<T>[]
  get<T extends z.ZodType>(row: T, sql: string, ...parameters: Parameter[]): z.infer<T> | undefined
  /**
   * Runs a statement; only inside {@link write}. Returns the number of rows changed.
   * @throws {Error} for a text with a zero character, which SQLite's interface would cut there without a word
   */
  run(sql: string, ...parameters: Parameter[]): number
  /**
   * Runs `work` in a transaction shared with all writes of the same turn of the event loop.
   * Resolves once the transaction is on disk; a `work` that throws is undone alone and rejects alone. Rejects after
   * {@link close}, and with a {@link StorageFailedError} while the disk is full or fails.
   */
  write<T>(work: () => T): Promise<T>
  /**
   * As {@link write}, without waiting for the disk: survives the death of the process, not that of the machine. For
   * what the protocol finds out again, such as how far the other side has come.
   */
  note<T>(work: () => T): Promise<T>
  /** Gives up to that many unused pages (4 KiB each) back to the disk. Resolves with how many unused ones are left. */
  shrink(pages: number): Promise<number>
  /** Why nothing can be written now; undefined while all is well. It becomes well again by itself. */
  readonly trouble: string | undefined
  /** Writes that the disk did not take, since the start. */
  readonly failures: number
  close(): void
}

/**
 * Opens or creates a store. `migrations` are SQL scripts, only ever added to at the end.
 * @throws {DataFileError} when the file is not a whole database or was written by a newer version
 * @throws {StorageFailedError} when the disk is full or fails: another try may help
 */
export function openStore(file: StoreFile, watcher: StoreWatcher = {}): Store {
  return new SqliteStore(file, watcher)
}
