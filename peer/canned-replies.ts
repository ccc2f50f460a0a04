/** The canned replies of a peer: which comes next, and when. What was replied last is on disk, so that a restart changes nothing. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { isTimeForAway, pickReply } from './responder.ts'

const Row = z.object({ text: z.string(), at: z.int() })

/** So many replies are remembered, the newest. */
const REMEMBERED = 10_000

export type CannedParts = {
  readonly cannedReplies: readonly string[]
  readonly random: () => number
  readonly now: () => Date
}

export class CannedReplies {
  readonly #store: Store
  readonly #parts: CannedParts

  constructor(store: Store, parts: CannedParts) {
    this.#store = store
    this.#parts = parts
  }

  /**
   * Inside a write: the next reply to a sender. Not the one they got last, nor the one that anybody got last, as far as
   * there are others.
   * @returns undefined while one who is away has answered that sender already
   */
  next(sender: string, mode: 'canned' | 'away'): string | undefined {
    const { cannedReplies, random, now } = this.#parts
    const at = now().getTime()
    const toSender = this.#store.get(Row, 'SELECT text, at FROM canned_reply WHERE conversation = ?', nameKey(sender))
    if (mode === 'away' && !isTimeForAway(at, toSender?.at)) return undefined
    const toAnybody = this.#store.get(Row, 'SELECT text, at FROM canned_reply ORDER BY position DESC LIMIT 1')
    const unlike = [toSender, toAnybody].flatMap(reply => (reply === undefined ? [] : [reply.text]))
    const text = pickReply(cannedReplies, { unlike, random })
    this.#store.run(
      'INSERT OR REPLACE INTO canned_reply (conversation, text, at) VALUES (?, ?, ?)',
      nameKey(sender),
      text,
      at,
    )
    this.#store.run(
      'DELETE FROM canned_reply WHERE position <= (SELECT max(position) FROM canned_reply) - ?',
      REMEMBERED,
    )
    return text
  }
}
