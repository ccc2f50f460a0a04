/** The store over SQLite: group commit, statements kept prepared, failures by their names. */
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite'
import * as z from 'zod'
import { failpoint } from './failpoint.ts'
import { DataFileError } from './start-error.ts'
import type { Parameter, Store, StoreWatcher } from './store.ts'
import { checkBeside } from './store-check.ts'
import { isDiskFailure, namedFailure, StorageFailedError } from './store-failure.ts'
import { openFile, type StoreFile } from './store-file.ts'
import { StoreTrouble } from './store-trouble.ts'

type Waiter = { run: () => void; durable: boolean; committed: () => void; failed: (error: unknown) => void }
const Unused = z.object({ freelist_count: z.int() })

export class SqliteStore implements Store {
  readonly #database: DatabaseSyncInstance
  readonly #statements = new Map<string, StatementSyncInstance>()
  readonly #path: string
  readonly #watcher: StoreWatcher
  readonly #trouble: StoreTrouble
  readonly #check: Disposable | undefined
  #waiting: Waiter[] = []
  #synchronous: 'FULL' | 'NORMAL' = 'FULL'

  constructor(file: StoreFile, watcher: StoreWatcher) {
    const { database, toCheck } = openFile(file)
    this.#database = database
    this.#path = file.path
    this.#watcher = watcher
    const { log } = watcher
    this.#trouble = new StoreTrouble(database, { path: file.path, log })
    const damaged = (error: DataFileError) => watcher.fail?.(error)
    if (toCheck !== undefined) this.#check = checkBeside({ path: file.path, kind: toCheck, log, damaged })
  }

  get trouble(): string | undefined {
    return this.#trouble.reason
  }

  get failures(): number {
    return this.#trouble.failures
  }

  all<T extends z.ZodType>(row: T, sql: string, ...parameters: Parameter[]): z.infer<T>[] {
    return this.#named('read', () => this.#prepare(sql).all(...parameters)).map(found => row.parse(found))
  }

  get<T extends z.ZodType>(row: T, sql: string, ...parameters: Parameter[]): z.infer<T> | undefined {
    const found = this.#named('read', () => this.#prepare(sql).get(...parameters))
    return found === undefined ? undefined : row.parse(found)
  }

  run(sql: string, ...parameters: Parameter[]): number {
    if (parameters.some(parameter => typeof parameter === 'string' && parameter.includes('\0')))
      throw new Error('Cannot store a text: it has a zero character, at which SQLite would cut it.')
    return this.#named('write', () => Number(this.#prepare(sql).run(...parameters).changes))
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

  shrink(pages: number): Promise<number> {
    return this.note(() => {
      // SQLite takes 0 as all there are.
      if (pages >= 1) this.#database.exec(`PRAGMA incremental_vacuum(${Math.trunc(pages)})`)
      return this.get(Unused, 'PRAGMA freelist_count')?.freelist_count ?? 0
    })
  }

  close(): void {
    this.#commit()
    this.#trouble.close()
    this.#check?.[Symbol.dispose]()
    this.#statements.clear()
    if (this.#database.isOpen) this.#emptyLog()
    this.#database.close()
  }

  /** SQLite does so by itself at its last closing, but not while a statement lives, whose end only the collector decides. */
  #emptyLog(): void {
    try {
      this.#database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (error) {
      this.#watcher.log?.warn({ file: this.#path, err: error }, 'the log of the data file could not be emptied')
    }
  }

  #commit(): void {
    const group = this.#waiting
    this.#waiting = []
    if (group.length === 0) return
    const written: Waiter[] = []
    try {
      this.#trouble.refuse()
      this.#setSynchronous(group.some(({ durable }) => durable) ? 'FULL' : 'NORMAL')
      this.#prepare('BEGIN IMMEDIATE').run()
      for (const waiter of group) if (this.#attempt(waiter)) written.push(waiter)
      failpoint('store: before commit')
      this.#prepare('COMMIT').run()
      failpoint('store: after commit')
    } catch (error) {
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK')
      const failure = this.#name(error, 'write')
      if (failure instanceof StorageFailedError) this.#trouble.begin(failure)
      for (const waiter of group) waiter.failed(failure)
      return
    }
    for (const waiter of written) waiter.committed()
  }

  #setSynchronous(level: 'FULL' | 'NORMAL'): void {
    if (level === this.#synchronous) return
    this.#database.exec(`PRAGMA synchronous = ${level}`)
    this.#synchronous = level
  }

  /** Does it; a failure gets its name. */
  #named<T>(verb: 'read' | 'write', act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw this.#name(error, verb)
    }
  }

  #name(error: unknown, verb: 'read' | 'write'): unknown {
    const named = namedFailure(error, { path: this.#path, verb, changed: true })
    if (named instanceof DataFileError) this.#watcher.fail?.(named)
    return named
  }

  /** A work that fails is rolled back to its savepoint, so that its neighbours in the group are not lost. */
  #attempt(waiter: Waiter): boolean {
    this.#prepare('SAVEPOINT work').run()
    try {
      waiter.run()
      this.#prepare('RELEASE work').run()
      return true
    } catch (error) {
      if (isDiskFailure(error)) throw error
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
