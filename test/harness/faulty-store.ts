/** A store on a disk that fails when a test says so. */
import type { Store } from '../../shared/process/store.ts'

export type Faults = {
  /** Called before each read of rows; throws where the disk is to fail. */
  readonly read?: (sql: string) => void
  /** Called before each write; throws where the disk is to fail. */
  readonly write?: () => void
}

export function faultyStore(store: Store, { read, write }: Faults): Store {
  const writing =
    (commit: Store['write']): Store['write'] =>
    async work => {
      write?.()
      return commit(work)
    }
  return {
    all: (row, sql, ...parameters) => {
      read?.(sql)
      return store.all(row, sql, ...parameters)
    },
    get: (row, sql, ...parameters) => store.get(row, sql, ...parameters),
    run: (sql, ...parameters) => store.run(sql, ...parameters),
    write: writing(work => store.write(work)),
    note: writing(work => store.note(work)),
    shrink: pages => store.shrink(pages),
    get trouble() {
      return store.trouble
    },
    get failures() {
      return store.failures
    },
    close: () => store.close(),
  }
}
