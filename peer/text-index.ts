/**
 * The full-text index of the history, filled behind it: a group at a time costs a fraction of what one message at a time
 * does, and nobody who sends waits for it. A search first takes in what is missing. Of an answer that is longer than a message may
 * be, the index has the beginning.
 */
import * as z from 'zod'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import { beginningOf, MESSAGE_BYTES } from '../shared/protocol/message-length.ts'
import { readAtOnce } from './pages.ts'
import { indexedText, matchExpression } from './searchable-text.ts'
import { SELECT_MESSAGE, StoredMessage } from './stored-message.ts'

/**
 * Messages taken in at a time, where their texts together are no longer than one may be: a few milliseconds, but a quarter of a
 * second for that much text of which no three characters occur twice.
 */
const GROUP = 250
/** Where nothing was added for this long, in milliseconds, there is time for the index. */
const QUIET_MS = 500
/** After the disk failed, in milliseconds. */
const AGAIN_MS = 5_000
/** A search that finds more missing than this would be slow: the index no longer waits for a quiet moment. */
const MISSING = 10_000
/** Filling that many says how far it has come: an index that begins anew. */
const MANY = 100_000

const Position = z.object({ arrival: z.int() })
const Text = z.object({ arrival: z.int(), message: z.string() })
const Newest = z.object({ arrival: z.int().nullable() })

export class TextIndex {
  readonly #store: Store
  readonly #wake = new Wake()

  constructor(store: Store) {
    this.#store = store
  }

  /** Messages were added. */
  textsWait(): void {
    this.#wake.ring()
  }

  /** The newest messages that have every part of the query, see `searchable-text.ts`, as many as are told at once. */
  async search(query: string, limit: number): Promise<StoredMessage[]> {
    const match = matchExpression(query)
    if (match === undefined) return []
    const newest = this.#newest
    while (this.#position < newest && (await this.#takeGroup())) {}
    const { arrivals } = readAtOnce(
      this.#store,
      `WHERE arrival IN (SELECT -rowid FROM message_text WHERE message_text MATCH ? ORDER BY rowid LIMIT ?)
       ORDER BY arrival DESC`,
      [match, limit],
    )
    return this.#store.all(
      StoredMessage,
      `${SELECT_MESSAGE} WHERE m.arrival IN (SELECT value FROM json_each(?)) ORDER BY m.arrival DESC`,
      JSON.stringify(arrivals),
    )
  }

  /** Fills the index whenever it is quiet; resolves when the signal aborts. */
  async run(signal: AbortSignal, log: Log): Promise<void> {
    while (!signal.aborted)
      try {
        await this.#fillAll(signal, log)
        await this.#wake.sleep(signal)
        await this.#quiet(signal)
      } catch (error) {
        log.warn({ err: error }, 'the text index could not be filled; it is tried again')
        await new Wake().sleep(signal, AGAIN_MS)
      }
  }

  /** Forgets every word, as before all messages are forgotten; inside a write. Those that stay are taken in again. */
  empty(): void {
    this.#store.run('UPDATE text_position SET arrival = 0')
    this.#store.run(`INSERT INTO message_text (message_text) VALUES ('delete-all')`)
  }

  get #position(): number {
    return this.#store.get(Position, 'SELECT arrival FROM text_position')?.arrival ?? 0
  }

  get #newest(): number {
    return this.#store.get(Newest, 'SELECT max(arrival) AS arrival FROM message')?.arrival ?? 0
  }

  async #fillAll(signal: AbortSignal, log: Log): Promise<void> {
    let told = this.#position
    const long = this.#newest - told > MANY
    while (!signal.aborted && (await this.#takeGroup())) {
      const position = this.#position
      if (!long || position - told < MANY) continue
      told = position
      log.info({ position, newest: this.#newest }, 'filling the text index')
    }
    if (long && !signal.aborted) log.info('the text index is filled')
  }

  /** Resolves after a moment in which nothing was added, or once much is missing. */
  async #quiet(signal: AbortSignal): Promise<void> {
    let newest: number
    do {
      newest = this.#newest
      await new Wake().sleep(signal, QUIET_MS)
    } while (!signal.aborted && this.#newest !== newest && this.#newest - this.#position < MISSING)
  }

  /** @returns false when nothing was missing */
  #takeGroup(): Promise<boolean> {
    return this.#store.note(() => {
      const before = this.#position
      const where = 'WHERE arrival > ? ORDER BY arrival LIMIT ?'
      const last = readAtOnce(this.#store, where, [before, GROUP], MESSAGE_BYTES).arrivals.at(-1)
      if (last === undefined) return false
      const group = this.#store.all(
        Text,
        'SELECT arrival, message FROM message WHERE arrival > ? AND arrival <= ? ORDER BY arrival',
        before,
        last,
      )
      for (const { arrival, message } of group)
        this.#store.run(
          'INSERT INTO message_text (rowid, text) VALUES (?, ?)',
          -arrival,
          indexedText(beginningOf(message)),
        )
      this.#store.run('UPDATE text_position SET arrival = ?', last)
      return true
    })
  }
}
