/** What arrives from other proxies and waits for the own peer. */

import * as z from 'zod'
import { failpoint } from '../shared/process/failpoint.ts'
import type { Store } from '../shared/process/store.ts'
import type { ProxyEvent } from '../shared/protocol/local.ts'
import { MESSAGE_BYTES, METADATA_BYTES, type Message, utf8Bytes } from '../shared/protocol/message.ts'
import { nameKey, sameName } from '../shared/protocol/names.ts'
import { type Batch, ReceiptMarks } from '../shared/protocol/overlay.ts'

const SourceRow = z.object({ stream: z.string(), expected: z.int(), received: z.int(), read: z.int() })
const EventRow = z.object({ cursor: z.int(), body: z.string() })
const Position = z.object({ source: z.string(), stream: z.string(), sequence: z.int() })
const Receipt = ReceiptMarks.extend({ name: z.string() })

/** An event as it is kept: the cursor is added when it is read. */
type Kept<E = ProxyEvent> = E extends { cursor: number } ? Omit<E, 'cursor'> : never
export type KeptEvent = Kept

/** What one batch did: `jumped` tells that the sender no longer holds messages which this store never saw. */
export type Taken = {
  readonly acknowledged: number
  readonly refused: { sequence: number; reason: string }[]
  readonly arrived: number
  readonly jumped: { from: number; to: number } | undefined
}

export class Inbox {
  readonly #store: Store
  readonly #owner: string

  constructor(store: Store, owner: string) {
    this.#store = store
    this.#owner = owner
  }

  /**
   * Takes a batch; inside a write. Sequences before the expected one are repeats, a later one is a gap: it and what
   * follows are not taken, and the acknowledgement tells the sender where to go on.
   */
  take(batch: Batch, stored: boolean): Taken {
    const known = this.source(batch)
    const continues = known?.stream === batch.stream
    let expected = continues ? Math.max(known.expected, batch.oldest) : batch.oldest
    const jumped = continues && batch.oldest > known.expected ? { from: known.expected, to: batch.oldest } : undefined
    const refused: Taken['refused'] = []
    let arrived = 0
    for (const { sequence, message, stored: waited } of batch.messages) {
      if (sequence > expected) break
      const reason = message === null ? undefined : this.#problem(batch, message)
      // Of a repeat too: the acknowledgement that told it may have been lost.
      if (reason !== undefined) refused.push({ sequence, reason })
      if (sequence < expected) continue
      expected = sequence + 1
      if (message === null || reason !== undefined) continue
      const placement = { stream: batch.stream, sequence }
      const own = { ...message, destination: this.#owner }
      this.keep(
        { kind: 'message', message: own, placement, stored: stored || waited },
        { source: batch.from, ...placement },
      )
      arrived += 1
      failpoint('proxy: before a batch is committed')
    }
    if (!continues || expected !== known.expected) this.#setSource(batch, expected)
    return { acknowledged: expected - 1, refused, arrived, jumped }
  }

  /** Keeps an event for the peer; inside a write. */
  keep(event: KeptEvent, from?: { source: string; stream: string; sequence: number }): void {
    this.#store.run(
      'INSERT INTO event (source, stream, sequence, body) VALUES (?, ?, ?, ?)',
      from === undefined ? null : nameKey(from.source),
      from?.stream ?? null,
      from?.sequence ?? null,
      JSON.stringify(event),
    )
  }

  /** Events after a cursor as JSON text, oldest first. */
  eventsAfter(cursor: number, limit: number): { cursor: number; json: string }[] {
    const rows = this.#store.all(
      EventRow,
      'SELECT cursor, body FROM event WHERE cursor > ? ORDER BY cursor LIMIT ?',
      cursor,
      limit,
    )
    return rows.map(row => ({ cursor: row.cursor, json: `{"cursor":${row.cursor},${row.body.slice(1)}` }))
  }

  /** The peer has everything up to `cursor`; inside a write. @returns the sources, in small letters, whose received mark moved */
  acknowledge(cursor: number): string[] {
    const positions = this.#store.all(
      Position,
      `SELECT source, stream, max(sequence) AS sequence FROM event
       WHERE cursor <= ? AND source IS NOT NULL GROUP BY source, stream`,
      cursor,
    )
    for (const { source, stream, sequence } of positions)
      this.#store.run(
        'UPDATE source SET received = max(received, ?) WHERE key = ? AND stream = ?',
        sequence,
        source,
        stream,
      )
    this.#store.run('DELETE FROM event WHERE cursor <= ?', cursor)
    return [...new Set(positions.map(({ source }) => source))]
  }

  /** The peer's person read everything from a source up to a place in its stream; inside a write. */
  markRead(name: string, place: { stream: string; sequence: number }): void {
    this.#store.run(
      'UPDATE source SET read = max(read, ?), received = max(received, ?) WHERE key = ? AND stream = ?',
      place.sequence,
      place.sequence,
      nameKey(name),
      place.stream,
    )
  }

  /** How far the streams from a source have come: one for each name under which the source knows this proxy. */
  receipts(name: string): ReceiptMarks[] {
    const sql = 'SELECT name, stream, received, read FROM source WHERE key = ? ORDER BY addressed LIMIT 16'
    return this.#store
      .all(Receipt, sql, nameKey(name))
      .map(({ stream, received, read }) => ({ stream, received, read }))
  }

  /** The stream that a sender has to the name it uses. */
  source({ from, to }: Pick<Batch, 'from' | 'to'>): z.infer<typeof SourceRow> | undefined {
    const sql = 'SELECT stream, expected, received, read FROM source WHERE key = ? AND addressed = ?'
    return this.#store.get(SourceRow, sql, nameKey(from), nameKey(to))
  }

  /** A stream of another identity takes the place of the one before: its sender's store began anew. */
  #setSource({ from, to, stream }: Batch, expected: number): void {
    this.#store.run(
      `INSERT INTO source (key, addressed, name, stream, expected) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (key, addressed) DO UPDATE SET stream = excluded.stream, expected = excluded.expected,
         received = CASE WHEN stream = excluded.stream THEN received ELSE 0 END,
         read = CASE WHEN stream = excluded.stream THEN read ELSE 0 END`,
      nameKey(from),
      nameKey(to),
      from,
      stream,
      expected,
    )
  }

  #problem(batch: Batch, message: Message): string | undefined {
    if (!sameName(message.sender, batch.from))
      return `it came from ${batch.from} but names ${message.sender} as its sender`
    if (utf8Bytes(message.message) > MESSAGE_BYTES) return `its text is longer than ${MESSAGE_BYTES} bytes`
    if (utf8Bytes(JSON.stringify(message.metadata)) > METADATA_BYTES)
      return `its metadata is larger than ${METADATA_BYTES} bytes`
    return undefined
  }
}
