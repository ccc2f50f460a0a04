/** Messages on their way to other proxies, in the order of their numbers, kept until acknowledged. */
import { hash } from 'node:crypto'
import * as z from 'zod'
import { fitting } from '../shared/process/fitting.ts'
import type { Store } from '../shared/process/store.ts'
import { storedJson } from '../shared/process/stored-json.ts'
import { IdConflictError } from '../shared/protocol/errors.ts'
import type { Placement } from '../shared/protocol/local.ts'
import { KeptMessage, type Message } from '../shared/protocol/message.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { BATCH_BYTES, BATCH_MESSAGES, type BatchItem, type ReceiptMarks } from '../shared/protocol/overlay.ts'
import type { Destination, Destinations } from './destinations.ts'

const Row = z.object({
  sequence: z.int(),
  stream: z.string(),
  body: storedJson(KeptMessage).nullable(),
  accepted: z.int(),
})
const KnownId = z.object({ digest: z.string(), attempt: z.int(), stream: z.string(), sequence: z.int() })
/** Ids forgotten in one write. */
const FORGOTTEN = 500

const Size = z.object({ sequence: z.int(), bytes: z.int().nullable() })
const Sequence = z.object({ sequence: z.int() })
const Count = z.object({ count: z.int() })

/** A batch cut from the head of a stream; `oldest` is the first sequence that is still held, or the next to come. */
export type Head = { readonly items: BatchItem[]; readonly oldest: number }

export class Outbox {
  readonly #store: Store
  readonly #destinations: Destinations

  constructor(store: Store, destinations: Destinations) {
    this.#store = store
    this.#destinations = destinations
  }

  /**
   * Numbers and keeps a message; inside a write. The same attempt again gets its place again, also after it left or was
   * given up; a later attempt of one that was given up gets another.
   * @throws {IdConflictError}
   */
  accept(
    message: Message,
    { attempt, now }: { attempt: number; now: number },
  ): { placement: Placement; isNew: boolean } {
    const { id, destination } = message
    const digest = digestOf(message)
    const known = this.#store.get(KnownId, 'SELECT digest, attempt, stream, sequence FROM accepted_id WHERE id = ?', id)
    if (known !== undefined && known.digest !== digest) throw new IdConflictError(id)
    if (known !== undefined && (attempt <= known.attempt || this.find(id) !== undefined))
      return { placement: { stream: known.stream, sequence: known.sequence }, isNew: false }
    const { stream, sequence } = this.#destinations.number(destination)
    const verb = known === undefined ? 'INSERT' : 'REPLACE'
    this.#store.run(`${verb} INTO accepted_id VALUES (?, ?, ?, ?, ?, ?)`, id, digest, attempt, stream, sequence, now)
    this.#store.run(
      'INSERT INTO outbox (destination, stream, sequence, id, body, accepted) VALUES (?, ?, ?, ?, ?, ?)',
      nameKey(destination),
      stream,
      sequence,
      id,
      JSON.stringify(message),
      now,
    )
    return { placement: { stream, sequence }, isNew: true }
  }

  /** Whether a message with this id was accepted, at any time that is remembered. */
  knows(id: string): boolean {
    return this.#store.get(Sequence, 'SELECT sequence FROM accepted_id WHERE id = ?', id) !== undefined
  }

  /** What goes into the next request; messages accepted before `storedBefore` waited and are marked so. */
  head(name: string, storedBefore: number): Head {
    const key = nameKey(name)
    const sizes =
      'SELECT sequence, octet_length(body) AS bytes FROM outbox WHERE destination = ? ORDER BY sequence LIMIT ?'
    const waiting = this.#store.all(Size, sizes, key, BATCH_MESSAGES)
    const last = fitting(waiting, ({ bytes }) => bytes ?? 0, BATCH_BYTES).at(-1)?.sequence ?? 0
    const sql =
      'SELECT sequence, stream, body, accepted FROM outbox WHERE destination = ? AND sequence <= ? ORDER BY sequence'
    const rows = last === 0 ? [] : this.#store.all(Row, sql, key, last)
    const items = rows.map(({ sequence, body, accepted }) => ({
      sequence,
      message: body,
      stored: accepted < storedBefore,
    }))
    return { items, oldest: items[0]?.sequence ?? this.#destinations.find(name)?.next ?? 1 }
  }

  /** Drops what was acknowledged; inside a write. @returns how many messages that were, without those given up before */
  acknowledge(name: string, acknowledged: number): number {
    const upTo = 'DELETE FROM outbox WHERE destination = ? AND sequence <= ?'
    const delivered = this.#store.run(`${upTo} AND body IS NOT NULL`, nameKey(name), acknowledged)
    this.#store.run(upTo, nameKey(name), acknowledged)
    this.#destinations.setAcknowledged(name, acknowledged)
    return delivered
  }

  /**
   * The destination of a stream says how far it came there; inside a write. It tells of delivery too, where acknowledgements
   * are lost. A mark of more than was sent says nothing of what this store sent.
   * @param sent the last sequence of the stream that was sent
   * @returns whether marks moved, and how many messages that delivered
   */
  noteReceipts(
    destination: Destination,
    { received, read }: ReceiptMarks,
    sent: number,
  ): { moved: boolean; delivered: number } {
    const { name, stream } = destination
    const believed = (mark: number, before: number) => (mark <= sent ? Math.max(mark, before) : before)
    const marks = { received: believed(received, destination.received), read: believed(read, destination.read) }
    const furthest = Math.max(marks.received, marks.read)
    const delivered = furthest > destination.acknowledged ? this.acknowledge(name, furthest) : 0
    return { moved: this.#destinations.setReceipts({ name, stream, ...marks }), delivered }
  }

  /** The message and its place, if it is still on its way. */
  find(id: string): { message: Message; placement: Placement } | undefined {
    const row = this.#store.get(Row, 'SELECT sequence, stream, body, accepted FROM outbox WHERE id = ?', id)
    if (!row?.body) return undefined
    return { message: row.body, placement: { stream: row.stream, sequence: row.sequence } }
  }

  /** Gives a message up, leaving its place in the sequence empty; inside a write. @returns whether it was still here */
  giveUp(id: string): boolean {
    return this.#store.run('UPDATE outbox SET body = NULL, id = NULL WHERE id = ?', id) > 0
  }

  /** Forgets the ids of messages that left long ago, some at a time; inside a write. @returns whether there may be more */
  forgetIds(before: number): boolean {
    const old = `SELECT id FROM accepted_id WHERE accepted < ? ORDER BY accepted LIMIT ${FORGOTTEN}`
    const sql = `DELETE FROM accepted_id WHERE id IN (${old}) AND id NOT IN (SELECT id FROM outbox WHERE id IS NOT NULL)`
    return this.#store.run(sql, before) === FORGOTTEN
  }

  /** Messages accepted before `time` (milliseconds of the proxy's running clock) that nobody acknowledged. */
  olderThan(time: number): Message[] {
    const sql = 'SELECT sequence, stream, body, accepted FROM outbox WHERE accepted < ? AND body IS NOT NULL LIMIT 500'
    return this.#store.all(Row, sql, time).flatMap(({ body }) => (body === null ? [] : [body]))
  }

  waiting(): number {
    return this.#store.get(Count, 'SELECT count(*) AS count FROM outbox WHERE body IS NOT NULL')?.count ?? 0
  }
}

/** Of all that makes two messages with one id the same one. */
const digestOf = ({ destination, type, metadata, message }: Message): string =>
  hash('sha256', [nameKey(destination), type, JSON.stringify(metadata), message].join('\n'), 'base64')
