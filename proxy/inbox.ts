/** What arrives from other proxies and waits for the own peer. */

import * as z from 'zod'
import { failpoint } from '../shared/process/failpoint.ts'
import { fitting } from '../shared/process/fitting.ts'
import type { Store } from '../shared/process/store.ts'
import type { ProxyEvent } from '../shared/protocol/local.ts'
import { type Message, oversize } from '../shared/protocol/message.ts'
import { nameKey, sameName } from '../shared/protocol/names.ts'
import type { Acknowledgement, Batch } from '../shared/protocol/overlay.ts'
import { deliverable } from './deliverable.ts'
import { type Source, Sources, type SourcesParts } from './sources.ts'
import { WaitingBytes } from './waiting-bytes.ts'

const EventRow = z.object({ cursor: z.int(), body: z.string() })
const Size = z.object({ cursor: z.int(), bytes: z.int() })
const Cursor = z.object({ cursor: z.int() })
const Given = z.object({ seq: z.int() })
const Position = z.object({ source: z.string(), stream: z.string(), sequence: z.int(), bytes: z.int() })

/** Events forgotten in one write. */
const STEP = 512

/** An event as it is kept: the cursor is added when it is read. */
type Kept<E = ProxyEvent> = E extends { cursor: number } ? Omit<E, 'cursor'> : never
export type KeptEvent = Kept

/** What one batch did; see the acknowledgement that it becomes. */
export type Taken = Pick<Acknowledgement, 'continues' | 'acknowledged' | 'refused'> & { readonly arrived: number }

export class Inbox {
  readonly sources: Sources
  readonly #store: Store
  readonly #owner: string
  readonly #waiting: WaitingBytes
  /** The last cursor that a reader has, or was given since this start. */
  #given = 0

  constructor(store: Store, parts: SourcesParts) {
    this.#store = store
    this.#owner = parts.owner
    this.sources = new Sources(store, parts)
    this.#waiting = new WaitingBytes(store, parts)
  }

  /**
   * Takes a batch; inside a write. Sequences before the expected one are repeats, a later one is a gap: it and what
   * follows are not taken, and the acknowledgement tells the sender where to go on.
   * @throws {TooManyStrangersError | InboxFullError}
   */
  take(batch: Batch, stored: boolean): Taken {
    this.sources.heardOf(batch.from)
    if (batch.messages.length > 0) this.#waiting.requireRoom(batch.from)
    const known = this.sources.find(batch)
    const continued = known?.stream === batch.stream ? known : undefined
    if (!(continued === undefined ? this.sources.mayBegin(batch) : fits(batch, continued)))
      return { continues: false, acknowledged: 0, refused: [], arrived: 0 }
    let { expected, last } = continued ?? { expected: batch.oldest, last: null }
    const refused: Taken['refused'] = []
    let arrived = 0
    for (const { sequence, message, stored: waited } of batch.messages) {
      if (sequence > expected) break
      const reason = message === null ? undefined : this.#problem(batch, message)
      // Of a repeat too: the acknowledgement that told it may have been lost.
      if (reason !== undefined) refused.push({ sequence, reason })
      if (sequence < expected) continue
      expected = sequence + 1
      last = message?.id ?? null
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
    if (expected !== continued?.expected) this.sources.advance(batch, { expected, last })
    return { continues: true, acknowledged: expected - 1, refused, arrived }
  }

  /** Keeps an event for the peer; inside a write. */
  keep(event: KeptEvent, from?: { source: string; stream: string; sequence: number }): void {
    const body = deliverable(JSON.stringify(event))
    if (from !== undefined) this.#waiting.add(from.source, body)
    this.#store.run(
      'INSERT INTO event (source, stream, sequence, body) VALUES (?, ?, ?, ?)',
      from === undefined ? null : nameKey(from.source),
      from?.stream ?? null,
      from?.sequence ?? null,
      body,
    )
  }

  /** Events after a cursor as JSON text, oldest first: so many, and so many bytes of them, but for one that is larger. */
  eventsAfter(cursor: number, limit: number, bytes = Number.MAX_SAFE_INTEGER): { cursor: number; json: string }[] {
    const sizes = 'SELECT cursor, octet_length(body) AS bytes FROM event WHERE cursor > ? ORDER BY cursor LIMIT ?'
    const last = fitting(this.#store.all(Size, sizes, cursor, limit), row => row.bytes, bytes).at(-1)?.cursor
    if (last === undefined) return []
    const sql = 'SELECT cursor, body FROM event WHERE cursor > ? AND cursor <= ? ORDER BY cursor'
    return this.#store
      .all(EventRow, sql, cursor, last)
      .map(row => ({ cursor: row.cursor, json: `{"cursor":${row.cursor},${deliverable(row.body).slice(1)}` }))
  }

  /** A reader has everything up to a cursor, or it was written to it. */
  gave(cursor: number): void {
    this.#given = Math.max(this.#given, Math.min(cursor, this.cursors.given))
  }

  /**
   * The peer has everything up to `cursor`; inside a write. A peer that comes back far behind acknowledges much at once:
   * that is forgotten in steps, so that no other write waits long. What nobody was given is not acknowledged by anybody.
   * @returns the sources, in small letters, whose received mark moved, and whether there is more to forget
   */
  acknowledge(cursor: number): { sources: string[]; more: boolean } {
    const step = this.#store.all(
      Cursor,
      'SELECT cursor FROM event WHERE cursor <= ? ORDER BY cursor LIMIT ?',
      Math.min(cursor, this.#given),
      STEP,
    )
    const last = step.at(-1)?.cursor
    if (last === undefined) return { sources: [], more: false }
    const positions = this.#store.all(
      Position,
      `SELECT source, stream, max(sequence) AS sequence, sum(octet_length(body)) AS bytes FROM event
       WHERE cursor <= ? AND source IS NOT NULL GROUP BY source, stream`,
      last,
    )
    for (const position of positions) {
      this.sources.noteReceived(position)
      this.#waiting.remove(position.source, position.bytes)
    }
    this.#store.run('DELETE FROM event WHERE cursor <= ?', last)
    return { sources: [...new Set(positions.map(({ source }) => source))], more: step.length === STEP }
  }

  /** `given` is the last cursor that any event got, `forgotten` the last one that the peer acknowledged. */
  get cursors(): { given: number; forgotten: number } {
    const given = this.#store.get(Given, "SELECT seq FROM sqlite_sequence WHERE name = 'event'")?.seq ?? 0
    const oldest = this.#store.get(Cursor, 'SELECT cursor FROM event ORDER BY cursor LIMIT 1')?.cursor
    return { given, forgotten: oldest === undefined ? given : oldest - 1 }
  }

  #problem(batch: Batch, message: Message): string | undefined {
    if (!sameName(message.sender, batch.from))
      return `it came from ${batch.from} but names ${message.sender} as its sender`
    const large = oversize(message)
    return large && `its ${large.what} is larger than ${large.limit} bytes`
  }
}

/** Whether a batch of a known stream goes on from what this store has of it: it misses nothing, and knows the same messages. */
function fits(batch: Batch, { expected, last }: Source): boolean {
  if (batch.oldest > expected) return false
  const repeat = batch.messages.find(({ sequence }) => sequence === expected - 1)?.message
  return !repeat || last === null || repeat.id === last
}
