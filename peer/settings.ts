/** The few lasting values of a peer: its reply mode, the peers it last knew, how far it has read its proxy's events. */
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'
import { type PeerEntry, PeerList } from '../shared/protocol/local.ts'

const Position = z.object({ store: z.string(), cursor: z.int() })
const Row = z.object({ value: z.string() })

export class Settings {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The position in the events of the proxy's store; another store begins at 0. */
  get position(): z.infer<typeof Position> | undefined {
    return this.#read('position', Position)
  }

  /** Inside a write. */
  setPosition(position: z.infer<typeof Position>): void {
    this.#write('position', position)
  }

  /** The proxy's disk that messages were handed over to last. */
  get proxyStore(): string | undefined {
    return this.#read('proxy store', z.string())
  }

  /** Inside a write. */
  setProxyStore(store: string): void {
    this.#write('proxy store', store)
  }

  get peers(): PeerEntry[] | undefined {
    return this.#read('peers', PeerList)
  }

  setPeers(peers: readonly PeerEntry[]): void {
    this.#write('peers', peers)
  }

  /** What the person chose on the page; undefined while the configuration decides. */
  get mode(): 'manual' | 'canned' | undefined {
    return this.#read('mode', z.enum(['manual', 'canned']))
  }

  setMode(mode: 'manual' | 'canned'): void {
    this.#write('mode', mode)
  }

  /** A number above every one before it, whichever way the clock was set meanwhile; inside a write. */
  nextAttempt(now: number): number {
    const attempt = Math.max(now, (this.#read('attempt', z.int()) ?? 0) + 1)
    this.#write('attempt', attempt)
    return attempt
  }

  #read<T extends z.ZodType>(name: string, schema: T): z.infer<T> | undefined {
    const row = this.#store.get(Row, 'SELECT value FROM setting WHERE name = ?', name)
    return row === undefined ? undefined : schema.parse(JSON.parse(row.value))
  }

  #write(name: string, value: unknown): void {
    this.#store.run(
      'INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      JSON.stringify(value),
    )
  }
}
