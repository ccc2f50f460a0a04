/**
 * Forgets what was said: a group of messages at a time, so that nobody who sends or reads meanwhile waits for a long
 * history to go. What is still on its way goes on its way, and what arrives meanwhile stays.
 */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { Cleared } from './cleared.ts'
import type { TextIndex } from './text-index.ts'

/** Messages forgotten at a time: some milliseconds. */
const GROUP = 250

const Newest = z.object({ arrival: z.int().nullable() })
const Row = z.object({
  arrival: z.int(),
  id: z.string(),
  conversation: z.string(),
  outgoing: z.int().transform(value => value === 1),
  message: z.string(),
})

export class Clearing {
  readonly #store: Store
  readonly #texts: TextIndex
  readonly #cleared: Cleared

  constructor(store: Store, texts: TextIndex) {
    this.#store = store
    this.#texts = texts
    this.#cleared = new Cleared(store)
  }

  /** Resolves once all is gone, oldest first. A death on the way leaves the newer ones. */
  clear(conversation: string): Promise<void> {
    return this.#forget('conversation = ? AND', nameKey(conversation))
  }

  /** The same for every conversation. The text index goes at once: word by word would take as long as it took to fill. */
  async clearAll(): Promise<void> {
    await this.#store.write(() => this.#texts.empty())
    await this.#forget('')
  }

  async #forget(where: '' | 'conversation = ? AND', ...parameters: string[]): Promise<void> {
    const newest = this.#store.get(Newest, 'SELECT max(arrival) AS arrival FROM message')?.arrival ?? 0
    const some = `SELECT arrival, id, conversation, outgoing, message FROM message WHERE ${where} arrival <= ? ORDER BY arrival LIMIT ?`
    const group = () => {
      const rows = this.#store.all(Row, some, ...parameters, newest, GROUP)
      this.#cleared.remember(rows)
      for (const { arrival } of rows) this.#store.run('DELETE FROM message WHERE arrival = ?', arrival)
      return rows.length
    }
    while ((await this.#store.write(group)) > 0) {}
  }
}
