/** Messages as they are read from the store: as many at once as fit, told by their sizes before any text is read. */
import * as z from 'zod'
import { fitting } from '../shared/process/fitting.ts'
import type { Store } from '../shared/process/store.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { SELECT_MESSAGE, StoredMessage } from './stored-message.ts'

/** Most bytes of text that are read at once, and that a page of history or an answer to a search has; one message always. */
const READ_BYTES = 8 * 1024 * 1024

/** How large the text of a message is; SQLite reads only the beginning of its row for that. */
const Size = z.object({ arrival: z.int(), bytes: z.int() })

/** Newest first; `more`: there are older ones. */
export type Page = { readonly messages: StoredMessage[]; readonly more: boolean }

/**
 * The first messages that are read at once.
 * @param where what follows `FROM message`
 * @param most bytes of text
 * @returns their arrivals, and how many messages there are beyond them
 */
export function readAtOnce(
  store: Store,
  where: string,
  values: readonly (string | number)[],
  most = READ_BYTES,
): { arrivals: number[]; beyond: number } {
  const sizes = store.all(Size, `SELECT arrival, octet_length(message) AS bytes FROM message ${where}`, ...values)
  const arrivals = fitting(sizes, ({ bytes }) => bytes, most).map(({ arrival }) => arrival)
  return { arrivals, beyond: sizes.length - arrivals.length }
}

export function pageBefore(
  store: Store,
  { conversation, arrival, limit }: { conversation: string; arrival: number; limit: number },
): Page {
  const key = nameKey(conversation)
  const where = 'WHERE conversation = ? AND arrival < ? ORDER BY arrival DESC LIMIT ?'
  const { arrivals, beyond } = readAtOnce(store, where, [key, arrival, limit + 1])
  const count = Math.min(arrivals.length, limit)
  const messages = store.all(
    StoredMessage,
    `${SELECT_MESSAGE} WHERE m.conversation = ? AND m.arrival < ? ORDER BY m.arrival DESC LIMIT ?`,
    key,
    arrival,
    count,
  )
  return { messages, more: arrivals.length + beyond > count }
}
