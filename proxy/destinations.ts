/** Where messages go: for each name, its stream's identity and how far the stream has come. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { PeerKind, type ProxyEvent } from '../shared/protocol/local.ts'
import { nameKey } from '../shared/protocol/names.ts'

const Row = z.object({
  name: z.string(),
  stream: z.string(),
  begin: z.int().describe('the sequence at which the stream begins'),
  next: z.int().describe('the sequence that the next message gets'),
  acknowledged: z.int(),
  received: z.int(),
  read: z.int(),
  kind: PeerKind.nullable().describe('who stands there, once met'),
})
export type Destination = z.infer<typeof Row>

const Name = z.object({ name: z.string() })
const Found = z.object({ n: z.int() })
const Place = z.object({ stream: z.string(), sequence: z.int() })

/** Earlier versions believed any mark: one of more than was delivered says nothing. */
const believed = (mark: string) => `CASE WHEN ${mark} <= acknowledged THEN ${mark} ELSE acknowledged END AS ${mark}`
const SELECT = `SELECT name, stream, begin, next, acknowledged, ${believed('received')}, ${believed('read')}, kind FROM destination`

/** What the own peer is told of how far the messages to a destination have come. */
export const progressOf = ({ name, stream, acknowledged, received, read }: Destination): ProxyEvent => ({
  kind: 'progress',
  destination: name,
  marks: { stream, delivered: acknowledged, received, read },
})

export class Destinations {
  readonly #store: Store
  readonly #newStream: () => string

  /** @param newStream makes the identity of a stream: a UUID that never came before */
  constructor(store: Store, newStream: () => string) {
    this.#store = store
    this.#newStream = newStream
  }

  find(name: string): Destination | undefined {
    return this.#store.get(Row, `${SELECT} WHERE key = ?`, nameKey(name))
  }

  all(): Destination[] {
    return this.#store.all(Row, SELECT)
  }

  /** Whether so many messages wait for a destination. Those that were given up keep their numbers, and wait no more. */
  hasWaiting(name: string, count: number): boolean {
    const found = this.find(name)
    if (found === undefined || found.next - 1 - found.acknowledged < count) return false
    const sql = 'SELECT 1 AS n FROM outbox WHERE destination = ? AND body IS NOT NULL LIMIT 1 OFFSET ?'
    return this.#store.get(Found, sql, nameKey(name), count - 1) !== undefined
  }

  /** The destination, with a new stream where there was none; inside a write. */
  open(name: string): Destination {
    const known = this.find(name)
    if (known !== undefined) return known
    const stream = this.#newStream()
    this.#store.run('INSERT INTO destination (key, name, stream) VALUES (?, ?, ?)', nameKey(name), name, stream)
    return { name, stream, begin: 1, next: 1, acknowledged: 0, received: 0, read: 0, kind: null }
  }

  /** Takes the next sequence; inside a write. */
  number(name: string): { stream: string; sequence: number } {
    const sql = 'UPDATE destination SET next = next + 1 WHERE key = ? RETURNING stream, next - 1 AS sequence'
    const number = () => this.#store.get(Place, sql, nameKey(name))
    const numbered = number() ?? (this.open(name) && number())
    if (numbered === undefined) throw new Error(`no destination ${name}`)
    return numbered
  }

  /** Inside a write. */
  setAcknowledged(name: string, acknowledged: number): void {
    this.#store.run(
      'UPDATE destination SET acknowledged = max(acknowledged, ?) WHERE key = ?',
      acknowledged,
      nameKey(name),
    )
  }

  setKind(name: string, kind: PeerKind): void {
    this.#store.run('UPDATE destination SET kind = ? WHERE key = ?', kind, nameKey(name))
  }

  /** The destination that a stream goes to. */
  ofStream(stream: string): Destination | undefined {
    return this.#store.get(Row, `${SELECT} WHERE stream = ?`, stream)
  }

  /** Sets how far the recipient's peer received and read; inside a write. @returns whether one of the marks moved */
  setReceipts({ name, stream, received, read }: Pick<Destination, 'name' | 'stream' | 'received' | 'read'>): boolean {
    const sql = `UPDATE destination SET received = ?1, read = ?2
      WHERE key = ?3 AND stream = ?4 AND (received < ?1 OR read < ?2 OR received > acknowledged OR read > acknowledged)`
    return this.#store.run(sql, received, read, nameKey(name), stream) > 0
  }

  /** Forgets names that are not wanted and that nothing was ever sent to; inside a write. */
  forgetUnused(isWanted: (name: string) => boolean): void {
    const unused = this.#store.all(Name, 'SELECT name FROM destination WHERE next = 1')
    for (const { name } of unused)
      if (!isWanted(name)) this.#store.run('DELETE FROM destination WHERE key = ? AND next = 1', nameKey(name))
  }

  /** Begins another stream with what still waits, under the numbers it has; inside a write. @returns the new stream */
  restart(name: string): string {
    const key = nameKey(name)
    const stream = this.#newStream()
    this.#store.run(
      `UPDATE destination SET stream = ?1, received = 0, read = 0,
         begin = coalesce((SELECT min(sequence) FROM outbox WHERE destination = ?2), next),
         acknowledged = coalesce((SELECT min(sequence) FROM outbox WHERE destination = ?2), next) - 1
       WHERE key = ?2`,
      stream,
      key,
    )
    this.#store.run(
      'UPDATE accepted_id SET stream = ? WHERE id IN (SELECT id FROM outbox WHERE destination = ?)',
      stream,
      key,
    )
    this.#store.run('UPDATE outbox SET stream = ? WHERE destination = ?', stream, key)
    return stream
  }
}
