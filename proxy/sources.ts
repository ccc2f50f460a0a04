/** Where messages come from: for each sender, and each name that it has for this proxy, how far its stream has come here. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { MOST } from '../shared/protocol/bounds.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { type Batch, ReceiptMarks } from '../shared/protocol/overlay.ts'
import { Strangers } from './strangers.ts'

const Row = z.object({
  stream: z.string(),
  expected: z.int(),
  last: z.string().nullable().describe('the id of the message before the expected one'),
  received: z.int(),
  read: z.int(),
})
export type Source = z.infer<typeof Row>
const Ended = z.object({ stream: z.string() })
const Key = z.object({ key: z.string() })

/** Names that one sender may have for this proxy: as many as it is told of in one batch. */
const NAMES_OF_OURS = 16
/** Ended streams that are remembered, the newest. */
const MOST_ENDED = 10_000

/**
 * Of a number beyond what the protocol counts nothing can follow: such a row, which an earlier version may have taken from
 * outside, counts as none, and whoever goes on from it begins another stream.
 */
const WITHIN = `expected BETWEEN 1 AND ${MOST + 1} AND received BETWEEN 0 AND ${MOST} AND read BETWEEN 0 AND ${MOST}`

export type SourcesParts = {
  readonly owner: string
  /** The time of the proxy's running clock, in milliseconds. */
  readonly now: () => number
  /** Whether the routing table has a name. */
  readonly isKnown: (name: string) => boolean
}

export class Sources {
  readonly #store: Store
  readonly #parts: SourcesParts
  readonly #strangers: Strangers

  constructor(store: Store, parts: SourcesParts) {
    this.#store = store
    this.#parts = parts
    this.#strangers = new Strangers(parts)
  }

  /** A batch came; inside a write. @throws {TooManyStrangersError} */
  heardOf(name: string): void {
    this.#forget(this.#strangers.heardOf(name))
  }

  /** The stream that a sender has to the name it uses. */
  find({ from, to }: Pick<Batch, 'from' | 'to'>): Source | undefined {
    const sql = `SELECT stream, expected, last, received, read FROM source WHERE key = ? AND addressed = ? AND ${WITHIN}`
    return this.#store.get(Row, sql, nameKey(from), nameKey(to))
  }

  /** A stream that is not known may take the place of the one before from its beginning on, and once. */
  mayBegin({ stream, begin, oldest }: Batch): boolean {
    if (begin !== oldest) return false
    return this.#store.get(Ended, 'SELECT stream FROM ended_stream WHERE stream = ?', stream) === undefined
  }

  /** A batch was taken; inside a write. A stream that takes the place of another ends that one. */
  advance({ from, to, stream }: Batch, { expected, last }: Pick<Source, 'expected' | 'last'>): void {
    const known = this.find({ from, to })
    if (known === undefined) this.#makeRoom(from)
    else if (known.stream !== stream) this.#end(known.stream)
    this.#store.run(
      `INSERT INTO source (key, addressed, name, stream, expected, last) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key, addressed) DO UPDATE SET stream = excluded.stream, expected = excluded.expected, last = excluded.last,
         received = CASE WHEN stream = excluded.stream THEN received ELSE 0 END,
         read = CASE WHEN stream = excluded.stream THEN read ELSE 0 END`,
      nameKey(from),
      nameKey(to),
      from,
      stream,
      expected,
      last,
    )
  }

  /** The peer has everything up to a place in a stream; inside a write. @param source its name in small letters */
  noteReceived({ source, stream, sequence }: { source: string; stream: string; sequence: number }): void {
    const sql = 'UPDATE source SET received = max(received, min(?, expected - 1)) WHERE key = ? AND stream = ?'
    this.#store.run(sql, sequence, source, stream)
  }

  /** The peer's person read everything from a source up to a place in its stream, as far as that came; inside a write. */
  noteRead(name: string, place: { stream: string; sequence: number }): void {
    this.#store.run(
      `UPDATE source SET read = max(read, min(?1, expected - 1)), received = max(received, min(?1, expected - 1))
       WHERE key = ?2 AND stream = ?3`,
      place.sequence,
      nameKey(name),
      place.stream,
    )
  }

  /** How far the streams from a source have come: one for each name under which the source knows this proxy. */
  receipts(name: string): ReceiptMarks[] {
    const sql = `SELECT stream, received, read FROM source WHERE key = ? AND ${WITHIN} ORDER BY addressed LIMIT ${NAMES_OF_OURS}`
    return this.#store.all(ReceiptMarks, sql, nameKey(name))
  }

  /** Forgets streams that ended long ago, by the running clock, and names beyond those that are remembered; inside a write. */
  forgetEnded(before: number): void {
    this.#store.run('DELETE FROM ended_stream WHERE ended < ?', before)
    const keys = this.#store.all(Key, 'SELECT DISTINCT key FROM source').map(({ key }) => key)
    this.#forget(this.#strangers.remembered(keys))
  }

  #end(stream: string): void {
    this.#store.run('INSERT INTO ended_stream VALUES (?, ?) ON CONFLICT DO NOTHING', stream, this.#parts.now())
    const oldest = `SELECT ended FROM ended_stream ORDER BY ended DESC LIMIT 1 OFFSET ${MOST_ENDED}`
    this.#store.run(`DELETE FROM ended_stream WHERE ended <= (${oldest})`)
  }

  /** A sender may invent names for this proxy too. Its stream to the own name stays. */
  #makeRoom(from: string): void {
    const other = 'SELECT addressed FROM source WHERE key = ?1 AND addressed <> ?2 ORDER BY addressed'
    this.#store.run(
      `DELETE FROM source WHERE key = ?1 AND addressed IN (${other} LIMIT -1 OFFSET ${NAMES_OF_OURS - 2})`,
      nameKey(from),
      nameKey(this.#parts.owner),
    )
  }

  /** What is known of a stream of theirs is lost with that: they begin another one, and what comes twice is known by its id. */
  #forget(keys: readonly string[]): void {
    for (const key of keys) this.#store.run('DELETE FROM source WHERE key = ?', key)
  }
}
