/** How much of each sender waits for the own peer: bounded, so that nobody fills this disk while the peer is away. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { OverlayError } from '../shared/protocol/errors.ts'
import { nameKey } from '../shared/protocol/names.ts'

/** Most of one sender, and most of all together whom the routing table does not name, in bytes of JSON. */
export const WAITING_BYTES = 256 * 1024 * 1024
export const STRANGERS_BYTES = 16 * 1024 * 1024

const Sum = z.object({ source: z.string(), bytes: z.int() })

export class InboxFullError extends OverlayError {
  readonly code = 'inbox_full'
  readonly status = 503
  override readonly retryable = true
  constructor(whose: string, bytes: number) {
    super(
      `Cannot take more messages: ${bytes / 1024 / 1024} MiB of ${whose} wait here for the peer of this proxy, which is the limit. More is taken once it has read them.`,
    )
  }
}

/** Full again, it is counted anew at most this often, in milliseconds: a write that failed was counted too. */
const COUNTED_MS = 60_000

export type WaitingBytesParts = {
  /** Whether the routing table has a name. */
  readonly isKnown: (name: string) => boolean
  /** Milliseconds that only grow. */
  readonly now: () => number
}

export class WaitingBytes {
  readonly #store: Store
  readonly #parts: WaitingBytesParts
  #bytes: Map<string, number>
  #counted: number

  constructor(store: Store, parts: WaitingBytesParts) {
    this.#store = store
    this.#parts = parts
    this.#bytes = this.#count()
    this.#counted = parts.now()
  }

  /** @throws {InboxFullError} when nothing more of a sender may be kept */
  requireRoom(source: string): void {
    const problem = this.#problem(source)
    if (problem === undefined) return
    if (this.#parts.now() - this.#counted < COUNTED_MS) throw problem
    this.#bytes = this.#count()
    this.#counted = this.#parts.now()
    const still = this.#problem(source)
    if (still !== undefined) throw still
  }

  add(source: string, body: string): void {
    const key = nameKey(source)
    this.#bytes.set(key, (this.#bytes.get(key) ?? 0) + Buffer.byteLength(body))
  }

  /** @param source its name in small letters */
  remove(source: string, bytes: number): void {
    const left = (this.#bytes.get(source) ?? 0) - bytes
    if (left > 0) this.#bytes.set(source, left)
    else this.#bytes.delete(source)
  }

  #problem(source: string): InboxFullError | undefined {
    if ((this.#bytes.get(nameKey(source)) ?? 0) >= WAITING_BYTES) return new InboxFullError(source, WAITING_BYTES)
    if (this.#parts.isKnown(source)) return undefined
    const ofStrangers = [...this.#bytes].filter(([name]) => !this.#parts.isKnown(name))
    return ofStrangers.reduce((sum, [, bytes]) => sum + bytes, 0) >= STRANGERS_BYTES
      ? new InboxFullError('names that the routing table here does not have', STRANGERS_BYTES)
      : undefined
  }

  #count(): Map<string, number> {
    const sql = 'SELECT source, sum(octet_length(body)) AS bytes FROM event WHERE source IS NOT NULL GROUP BY source'
    return new Map(this.#store.all(Sum, sql).map(({ source, bytes }) => [source, bytes]))
  }
}
