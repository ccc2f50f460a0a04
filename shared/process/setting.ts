/** One lasting value of a process, under its name in the `setting` table of its store. */
import * as z from 'zod'
import type { Store } from './store.ts'

export class Setting<T> {
  readonly #store: Store
  readonly #name: string
  readonly #schema: z.ZodType<T, string>
  readonly #row: z.ZodType<{ value: T }>

  /** @param schema how the value is written as a text, and read again */
  constructor(store: Store, name: string, schema: z.ZodType<T, string>) {
    this.#store = store
    this.#name = name
    this.#schema = schema
    this.#row = z.object({ value: schema })
  }

  /** The value on disk, or undefined before the first. */
  read(): T | undefined {
    return this.#store.get(this.#row, 'SELECT value FROM setting WHERE name = ?', this.#name)?.value
  }

  /** Inside a write. */
  write(value: T): void {
    this.#store.run(
      'INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      this.#name,
      z.encode(this.#schema, value),
    )
  }
}
