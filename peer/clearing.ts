/**
 * Forgets what was said: a group of messages at a time, so that nobody who sends or reads meanwhile waits for a long
 * history to go. What is still on its way goes on its way, and what arrives meanwhile stays.
 */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { nameKey } from '../shared/protocol/names.ts'
import type { TextIndex } from './text-index.ts'

/** Messages forgotten at a time: some milliseconds. */
const GROUP = 250

const Newest = z.object({ arrival: z.int().nullable() })

export class Clearing {
  readonly #store: Store
  readonly #texts: TextIndex

  constructor(store: Store, texts: TextIndex) {
    this.#store = store
    this.#texts = texts
  }

  /** Resolves once all is gone, oldest first. A death on the way leaves the newer ones. */
  async clear(conversation: string): Promise<void> {
    const key = nameKey(conversation)
    const newest = this.#newest()
    const some = 'SELECT arrival FROM message WHERE conversation = ? AND arrival <= ? ORDER BY arrival LIMIT ?'
    const group = () => this.#store.run(`DELETE FROM message WHERE arrival IN (${some})`, key, newest, GROUP)
    while ((await this.#store.write(group)) > 0) {}
  }

  /** The same for every conversation. The text index goes at once: word by word would take as long as it took to fill. */
  async clearAll(): Promise<void> {
    const newest = this.#newest()
    await this.#store.write(() => this.#texts.empty())
    const some = 'SELECT arrival FROM message WHERE arrival <= ? ORDER BY arrival LIMIT ?'
    const group = () => this.#store.run(`DELETE FROM message WHERE arrival IN (${some})`, newest, GROUP)
    while ((await this.#store.write(group)) > 0) {}
  }

  #newest(): number {
    return this.#store.get(Newest, 'SELECT max(arrival) AS arrival FROM message')?.arrival ?? 0
  }
}
