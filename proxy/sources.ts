/** Where messages come from: for each sender, and each name that it has for this proxy, how far its stream has come here. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { type Batch, ReceiptMarks } from '../shared/protocol/overlay.ts'

const Row = z.object({
  stream: z.string(),
  expected: z.int(),
  last: z.string().nullable().describe('the id of the message before the expected one'),
  received: z.int(),
  read: z.int(),
})
export type Source = z.infer<typeof Row>
const Ended = z.object({ stream: z.string() })

export class Sources {
  readonly #store: Store
  readonly #now: () => number

  /** @param now the time of the proxy's running clock, in milliseconds */
  constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** The stream that a sender has to the name it uses. */
  find({ from, to }: Pick<Batch, 'from' | 'to'>): Source | undefined {
    const sql = 'SELECT stream, expected, last, received, read FROM source WHERE key = ? AND addressed = ?'
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
    if (known !== undefined && known.stream !== stream)
      this.#store.run('INSERT INTO ended_stream VALUES (?, ?) ON CONFLICT DO NOTHING', known.stream, this.#now())
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
    const sql = 'UPDATE source SET received = max(received, ?) WHERE key = ? AND stream = ?'
    this.#store.run(sql, sequence, source, stream)
  }

  /** The peer's person read everything from a source up to a place in its stream; inside a write. */
  noteRead(name: string, place: { stream: string; sequence: number }): void {
    this.#store.run(
      'UPDATE source SET read = max(read, ?1), received = max(received, ?1) WHERE key = ?2 AND stream = ?3',
      place.sequence,
      nameKey(name),
      place.stream,
    )
  }

  /** How far the streams from a source have come: one for each name under which the source knows this proxy. */
  receipts(name: string): ReceiptMarks[] {
    const sql = 'SELECT stream, received, read FROM source WHERE key = ? ORDER BY addressed LIMIT 16'
    return this.#store.all(ReceiptMarks, sql, nameKey(name))
  }

  /** Forgets streams that ended long ago, by the running clock; inside a write. */
  forgetEnded(before: number): void {
    this.#store.run('DELETE FROM ended_stream WHERE ended < ?', before)
  }
}
