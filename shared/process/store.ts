/** A process's SQLite file: opened safely, migrated, written in groups so that one fsync serves all who wait. */

import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite'
import * as z from 'zod'
import { errorText } from '../protocol/errors.ts'
import { failpoint } from './failpoint.ts'
import { DataFileError } from './start-error.ts'
import { checkTables } from './store-check.ts'

export type Parameter = string | number | null
type StoreFile = { readonly path: string; readonly migrations: readonly string[] }
type Waiter = { run: () => void; durable: boolean; committed: () => void; failed: (error: unknown) => void }

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
   * {@link close}.
   */
  write<T>(work: () => T): Promise<T>
  /**
   * As {@link write}, without waiting for the disk: survives the death of the process, not that of the machine. For
   * what the protocol finds out again, such as how far the other side has come.
   */
  note<T>(work: () => T): Promise<T>
  close(): void
}

/**
 * Opens or creates a store. `migrations` are SQL scripts; the file's `user_version` counts those that ran.
 * @throws {DataFileError} when the file is not a whole database or was written by a newer version
 */
export function openStore(file: StoreFile): Store {
  mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 })
  if (existsSync(file.path) ? statSync(file.path).size === 0 : existsSync(`${file.path}-wal`))
    throw new DataFileError(file.path, 'it is empty or missing although it was in use')
  try {
    if (!existsSync(file.path)) create(file)
    return new SqliteStore(open(file))
  } catch (error) {
    throw new DataFileError(file.path, errorText(error))
  }
}

/** Made whole under another name: a death half-way leaves no empty file, which would be refused from then on. */
function create({ path, migrations }: StoreFile): void {
  const unfinished = `${path}.new`
  for (const end of ['', '-journal']) rmSync(unfinished + end, { force: true })
  const database = new DatabaseSync(unfinished)
  try {
    migrate(database, { migrations, version: 0 })
  } finally {
    database.close()
  }
  renameSync(unfinished, path)
}

const Version = z.object({ user_version: z.int() })

function open({ path, migrations }: StoreFile): DatabaseSyncInstance {
  const database = new DatabaseSync(path)
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000',
  )
  const version = Version.parse(database.prepare('PRAGMA user_version').get()).user_version
  if (version > migrations.length)
    throw new Error(`it was written by a newer version of Overlay Chat (schema ${version})`)
  checkTables(database)
  migrate(database, { migrations, version })
  return database
}

function migrate(
  database: DatabaseSyncInstance,
  { migrations, version }: { migrations: readonly string[]; version: number },
): void {
  migrations.slice(version).forEach((script, index) => {
    database.exec(`BEGIN IMMEDIATE; ${script}; PRAGMA user_version = ${version + index + 1}; COMMIT`)
  })
}

class SqliteStore implements Store {
  readonly #database: DatabaseSyncInstance
  readonly #statements = new Map<string, StatementSyncInstance>()
  #waiting: Waiter[] = []
  #synchronous: 'FULL' | 'NORMAL' = 'FULL'

  constructor(database: DatabaseSyncInstance) {
    this.#database = database
  }

  all<T extends z.ZodType>(row: T, sql: string, ...parameters: Parameter[]): z.infer<T>[] {
    return this.#prepare(sql)
      .all(...parameters)
      .map(found => row.parse(found))
  }

  get<T extends z.ZodType>(row: T, sql: string, ...parameters: Parameter[]): z.infer<T> | undefined {
    const found = this.#prepare(sql).get(...parameters)
    return found === undefined ? undefined : row.parse(found)
  }

  run(sql: string, ...parameters: Parameter[]): number {
    if (parameters.some(parameter => typeof parameter === 'string' && parameter.includes('\0')))
      throw new Error('Cannot store a text: it has a zero character, at which SQLite would cut it.')
    return Number(this.#prepare(sql).run(...parameters).changes)
  }

  write<T>(work: () => T): Promise<T> {
    return this.#queue(work, true)
  }

  note<T>(work: () => T): Promise<T> {
    return this.#queue(work, false)
  }

  #queue<T>(work: () => T, durable: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let committed = () => {}
      const run = () => {
        const value = work()
        committed = () => resolve(value)
      }
      this.#waiting.push({ run, durable, committed: () => committed(), failed: reject })
      if (this.#waiting.length === 1) setImmediate(() => this.#commit())
    })
  }

  close(): void {
    this.#commit()
    this.#statements.clear()
    this.#database.close()
  }

  #commit(): void {
    const group = this.#waiting
    this.#waiting = []
    if (group.length === 0) return
    const written: Waiter[] = []
    try {
      this.#setSynchronous(group.some(({ durable }) => durable) ? 'FULL' : 'NORMAL')
      this.#prepare('BEGIN IMMEDIATE').run()
      for (const waiter of group) if (this.#attempt(waiter)) written.push(waiter)
      failpoint('store: before commit')
      this.#prepare('COMMIT').run()
      failpoint('store: after commit')
    } catch (error) {
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK')
      for (const waiter of group) waiter.failed(error)
      return
    }
    for (const waiter of written) waiter.committed()
  }

  #setSynchronous(level: 'FULL' | 'NORMAL'): void {
    if (level === this.#synchronous) return
    this.#database.exec(`PRAGMA synchronous = ${level}`)
    this.#synchronous = level
  }

  /** A work that fails is rolled back to its savepoint, so that its neighbours in the group are not lost. */
  #attempt(waiter: Waiter): boolean {
    this.#prepare('SAVEPOINT work').run()
    try {
      waiter.run()
      this.#prepare('RELEASE work').run()
      return true
    } catch (error) {
      this.#database.exec('ROLLBACK TO work; RELEASE work')
      waiter.failed(error)
      return false
    }
  }

  #prepare(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
