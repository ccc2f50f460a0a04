/** Messages on their way to other proxies: one numbered stream a destination, kept until acknowledged. */
import * as z from 'zod'
import { IdConflictError } from '../shared/protocol/errors.ts'
import { type Marks, PeerKind, type Placement } from '../shared/protocol/local.ts'
import { Message } from '../shared/protocol/message.ts'
import { nameKey } from '../shared/protocol/names.ts'
import { BATCH_BYTES, BATCH_MESSAGES, type BatchItem, type ReceiptMarks } from '../shared/protocol/overlay.ts'
import type { Store } from '../shared/process/store.ts'

const storedJson = <T extends z.ZodType>(schema: T) => z.string().transform(text => JSON.parse(text)).pipe(schema)

const OutboxRow = z.object({ sequence: z.int(), body: storedJson(Message).nullable(), accepted: z.int() })
const DestinationRow = z.object({
  name: z.string(),
  next: z.int(),
  acknowledged: z.int(),
  received: z.int(),
  read: z.int(),
  kind: PeerKind.nullable(),
})
const Count = z.object({ count: z.int() })
const KnownId = z.object({ sequence: z.int(), destination: z.string(), body: storedJson(Message).nullable() })

export type Destination = z.infer<typeof DestinationRow>
/** A batch cut from the head of a stream. */
export type Head = { readonly items: BatchItem[]; readonly oldest: number }

export class Outbox {
  readonly #store: Store
  #stream: string

  constructor(store: Store, stream: string) {
    this.#store = store
    this.#stream = stream
  }

  /** The life of this store: a wiped or reset store starts another. */
  get stream(): string {
    return this.#stream
  }

  /** Numbers and keeps a message; inside a write. The same message again gets its place again. @throws {IdConflictError} */
  accept(message: Message, now: number): Placement {
    const known = this.#store.get(KnownId, 'SELECT sequence, destination, body FROM outbox WHERE id = ?', message.id)
    const key = nameKey(message.destination)
    if (known !== undefined) {
      if (known.destination !== key || known.body?.message !== message.message) throw new IdConflictError(message.id)
      return { stream: this.#stream, sequence: known.sequence }
    }
    const { next } = this.destination(message.destination)
    this.#store.run(
      `INSERT INTO destination (key, name, next) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET next = excluded.next`,
      key,
      message.destination,
      next + 1,
    )
    this.#store.run(
      'INSERT INTO outbox (destination, sequence, id, body, accepted) VALUES (?, ?, ?, ?, ?)',
      key,
      next,
      message.id,
      JSON.stringify(message),
      now,
    )
    return { stream: this.#stream, sequence: next }
  }

  /** What goes into the next request; messages accepted before `storedBefore` waited and are marked so. */
  head(name: string, storedBefore: number): Head {
    const rows = this.#store.all(
      OutboxRow,
      'SELECT sequence, body, accepted FROM outbox WHERE destination = ? ORDER BY sequence LIMIT ?',
      nameKey(name),
      BATCH_MESSAGES,
    )
    let bytes = 0
    const fitting = rows.filter(({ body }, index) => {
      bytes += Buffer.byteLength(body?.message ?? '') + 512
      return index === 0 || bytes <= BATCH_BYTES
    })
    const items = fitting.map(({ sequence, body, accepted }) => ({ sequence, message: body, stored: accepted < storedBefore }))
    return { items, oldest: items[0]?.sequence ?? this.destination(name).next }
  }

  /** Drops what was acknowledged; inside a write. @returns false when the recipient knows more than was ever sent */
  acknowledge(name: string, acknowledged: number): boolean {
    const destination = this.destination(name)
    if (acknowledged >= destination.next) return false
    if (acknowledged <= destination.acknowledged) return true
    this.#store.run('DELETE FROM outbox WHERE destination = ? AND sequence <= ?', nameKey(name), acknowledged)
    this.#store.run('UPDATE destination SET acknowledged = ? WHERE key = ?', acknowledged, nameKey(name))
    return true
  }

  /** Notes how far the recipient's peer received and read; inside a write. */
  noteReceipts(name: string, receipts: ReceiptMarks): void {
    if (receipts.stream !== this.#stream) return
    this.#store.run(
      'UPDATE destination SET received = max(received, ?), read = max(read, ?) WHERE key = ? AND (received < ? OR read < ?)',
      receipts.received,
      receipts.read,
      nameKey(name),
      receipts.received,
      receipts.read,
    )
  }

  noteKind(name: string, kind: PeerKind): void {
    this.#store.run(
      'INSERT INTO destination (key, name, kind) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET kind = excluded.kind',
      nameKey(name),
      name,
      kind,
    )
  }

  marks(name: string): Marks {
    const { acknowledged, received, read } = this.destination(name)
    return { stream: this.#stream, delivered: acknowledged, received, read }
  }

  /** The message's place, if it is still on its way. */
  find(id: string): { message: Message; sequence: number } | undefined {
    const known = this.#store.get(KnownId, 'SELECT sequence, destination, body FROM outbox WHERE id = ?', id)
    return known?.body ? { message: known.body, sequence: known.sequence } : undefined
  }

  /** Gives a message up, leaving its place in the sequence empty; inside a write. */
  giveUp(id: string): void {
    this.#store.run('UPDATE outbox SET body = NULL, id = NULL WHERE id = ?', id)
  }

  /** Messages accepted before `time` (milliseconds of the epoch) that nobody acknowledged. */
  olderThan(time: number): Message[] {
    return this.#store
      .all(OutboxRow, 'SELECT sequence, body, accepted FROM outbox WHERE accepted < ? AND body IS NOT NULL LIMIT 500', time)
      .flatMap(({ body }) => (body === null ? [] : [body]))
  }

  /** Begins another stream: used when the recipient remembers a future that this store does not know. */
  restart(stream: string): void {
    this.#stream = stream
    this.#store.run('UPDATE setting SET value = ? WHERE name = ?', stream, 'stream')
    this.#store.run('UPDATE destination SET acknowledged = min(acknowledged, next - 1), received = 0, read = 0')
  }

  destinations(): Destination[] {
    return this.#store.all(DestinationRow, 'SELECT name, next, acknowledged, received, read, kind FROM destination')
  }

  destination(name: string): Destination {
    const sql = 'SELECT name, next, acknowledged, received, read, kind FROM destination WHERE key = ?'
    return this.#store.get(DestinationRow, sql, nameKey(name)) ?? { name, next: 1, acknowledged: 0, received: 0, read: 0, kind: null }
  }

  waiting(): number {
    return this.#store.get(Count, 'SELECT count(*) AS count FROM outbox WHERE body IS NOT NULL')?.count ?? 0
  }
}
