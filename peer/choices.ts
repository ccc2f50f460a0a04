/** What was chosen in a conversation with an AI: its personality, and from where on the AI is told what was said. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { nameKey } from '../shared/protocol/names.ts'

const Choice = z.object({ personality: z.string().nullable(), since: z.int() })
export type Choice = z.infer<typeof Choice>

export class Choices {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  find(conversation: string): Choice {
    const sql = 'SELECT personality, since FROM choice WHERE conversation = ?'
    return this.#store.get(Choice, sql, nameKey(conversation)) ?? { personality: null, since: 0 }
  }

  /** Inside a write. */
  choose(conversation: string, personality: string): void {
    this.#store.run(
      `INSERT INTO choice (conversation, personality) VALUES (?, ?)
       ON CONFLICT (conversation) DO UPDATE SET personality = excluded.personality`,
      nameKey(conversation),
      personality,
    )
  }

  /** Inside a write: only what comes after everything that is here now counts as said. */
  beginAnew(conversation: string): void {
    this.#store.run(
      `INSERT INTO choice (conversation, since) VALUES (?1, (SELECT coalesce(max(arrival), 0) FROM message WHERE conversation = ?1))
       ON CONFLICT (conversation) DO UPDATE SET since = excluded.since`,
      nameKey(conversation),
    )
  }
}
