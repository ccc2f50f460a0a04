/** A store's file: made whole or not at all, opened with every migration that it has not had yet. */
import { closeSync, existsSync, lstatSync, mkdirSync, realpathSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import * as z from 'zod'
import { errorCode, errorText } from '../protocol/errors.ts'
import { fileReason } from './file-problem.ts'
import { openNew, removeFile } from './new-file.ts'
import { keepToOwnerIfThere } from './open-file.ts'
import { DataFileError } from './start-error.ts'
import { type CheckKind, checkKind, integrityProblem, isCheckedBefore } from './store-check.ts'
import { namedFailure, StorageFailedError } from './store-failure.ts'

export type StoreFile = { readonly path: string; readonly migrations: readonly string[] }
export type OpenedFile = {
  readonly database: DatabaseSyncInstance
  /** The check that is still to be made, because it would take too long before the serving. */
  readonly toCheck: CheckKind | undefined
}

/**
 * Opens or creates the file. `migrations` are SQL scripts, only ever added to at the end; the file's `user_version` counts
 * those that ran, each in a transaction of its own with that number.
 * @throws {DataFileError} when the file is not a whole database or was written by a newer version
 * @throws {StorageFailedError} when the disk is full or fails: another try may help
 */
export function openFile(file: StoreFile): OpenedFile {
  mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 })
  if (isThere(file.path)) keepStoreToOwner(file.path)
  if (existsSync(file.path) ? statSync(file.path).size === 0 : existsSync(`${file.path}-wal`))
    throw new DataFileError(file.path, 'it is empty or missing although it was in use')
  try {
    if (!existsSync(file.path)) create(file)
    return open(file)
  } catch (error) {
    const failure = namedFailure(error, { path: file.path, verb: 'write' })
    if (failure instanceof StorageFailedError || failure instanceof DataFileError) throw failure
    throw new DataFileError(file.path, fileReason(error) ?? errorText(error))
  }
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** The file may be a link, such as to a larger disk; what SQLite puts beside it lies beside what the link leads to. */
function keepStoreToOwner(path: string): void {
  try {
    const file = realpathSync(path)
    for (const end of ['', '-wal', '-shm', '-journal']) keepToOwnerIfThere(file + end, 'file')
  } catch (error) {
    throw new DataFileError(
      path,
      fileReason(error) ?? (errorCode(error) === 'ENOENT' ? 'it is a link to nothing' : errorText(error)),
    )
  }
}

/** Made whole under another name: a death half-way leaves no empty file, which would be refused from then on. */
function create({ path, migrations }: StoreFile): void {
  const unfinished = `${path}.new`
  removeFile(`${unfinished}-journal`)
  // SQLite would let everybody read a file that it makes; those that it puts beside this one get the mode of this one.
  closeSync(openNew(unfinished))
  const database = new DatabaseSync(unfinished)
  try {
    // Only a file without tables can be made to give pages back in small steps.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL')
    migrate(database, { migrations, version: 0 })
  } finally {
    database.close()
  }
  renameSync(unfinished, path)
}

const Version = z.object({ user_version: z.int() })

function open({ path, migrations }: StoreFile): OpenedFile {
  // To be asked before SQLite looks at the file: it takes over what a crash left in the log.
  const check = checkKind(path)
  const now = isCheckedBefore(path)
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA busy_timeout = 2000')
    const version = Version.parse(database.prepare('PRAGMA user_version').get()).user_version
    if (version > migrations.length)
      throw new Error(`it was written by a newer version of Overlay Chat (schema ${version})`)
    requireOurs(database, migrations.slice(0, version))
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    const problem = now ? integrityProblem(database, check) : undefined
    if (problem !== undefined) throw new Error(`it is damaged (${problem})`)
    migrate(database, { migrations, version })
    return { database, toCheck: now ? undefined : check }
  } catch (error) {
    database.close()
    throw error
  }
}

const Tables = z.array(z.object({ name: z.string() }))
const tablesOf = (database: DatabaseSyncInstance): string[] =>
  Tables.parse(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).map(({ name }) => name)

/** Nothing is written to the database of another program. @throws {Error} as the end of a sentence that names the file */
function requireOurs(database: DatabaseSyncInstance, ran: readonly string[]): void {
  const memory = new DatabaseSync(':memory:')
  try {
    migrate(memory, { migrations: ran, version: 0 })
    const present = tablesOf(database)
    const missing = tablesOf(memory).find(table => !present.includes(table))
    if (missing !== undefined) throw new Error(`it is another program's: it has no table "${missing}"`)
    if (ran.length === 0) throw new Error("it is another program's: it says of itself that it has no table yet")
  } finally {
    memory.close()
  }
}

function migrate(
  database: DatabaseSyncInstance,
  { migrations, version }: { migrations: readonly string[]; version: number },
): void {
  migrations.slice(version).forEach((script, index) => {
    database.exec(`BEGIN IMMEDIATE; ${script}; PRAGMA user_version = ${version + index + 1}; COMMIT`)
  })
}
