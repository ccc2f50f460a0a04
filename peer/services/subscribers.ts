/** Who gets what a service publishes. */
import * as z from 'zod'
import type { Store } from '../../shared/process/store.ts'
import { nameKey } from '../../shared/protocol/names.ts'

const Row = z.object({ name: z.string() })

export class Subscribers {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Inside a write. */
  add(name: string): void {
    this.#store.run('INSERT INTO subscriber VALUES (?, ?) ON CONFLICT (key) DO NOTHING', nameKey(name), name)
  }

  /** Inside a write. */
  remove(name: string): void {
    this.#store.run('DELETE FROM subscriber WHERE key = ?', nameKey(name))
  }

  names(): string[] {
    return this.#store.all(Row, 'SELECT name FROM subscriber').map(({ name }) => name)
  }
}
