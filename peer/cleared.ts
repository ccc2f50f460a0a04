/**
 * Ids of messages that were cleared from the history: an id stands for one message for good, also when its text is gone.
 * Without them a message that is handed over once more would be shown again, and one's own id could be given to another.
 */
import { hash } from 'node:crypto'
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { nameKey } from '../shared/protocol/names.ts'

/** So many are remembered, the newest: what is handed over again was sent not long ago. */
const REMEMBERED = 20_000

const Row = z.object({
  conversation: z.string().describe("the other peer's name in small letters"),
  outgoing: z.int().transform(value => value === 1),
  digest: z.string(),
})
export type ClearedMessage = z.infer<typeof Row>
export type ClearedText = {
  readonly id: string
  readonly conversation: string
  readonly outgoing: boolean
  readonly message: string
}

export const digestOf = (text: string): string => hash('sha256', text, 'base64')

export class Cleared {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  find(id: string): ClearedMessage | undefined {
    return this.#store.get(Row, 'SELECT conversation, outgoing, digest FROM cleared_message WHERE id = ?', id)
  }

  /** Inside a write. */
  remember(messages: readonly ClearedText[]): void {
    for (const { id, conversation, outgoing, message } of messages)
      this.#store.run(
        'INSERT OR IGNORE INTO cleared_message (id, conversation, outgoing, digest) VALUES (?, ?, ?, ?)',
        id,
        nameKey(conversation),
        outgoing ? 1 : 0,
        digestOf(message),
      )
    this.#store.run(
      'DELETE FROM cleared_message WHERE position <= (SELECT max(position) FROM cleared_message) - ?',
      REMEMBERED,
    )
  }
}
