/** The few lasting values of a peer: its reply mode, the peers it last knew, how far it has read its proxy's events. */
import * as z from 'zod'
import { Setting } from '../shared/process/setting.ts'
import type { Store } from '../shared/process/store.ts'
import { storedJson } from '../shared/process/stored-json.ts'
import { type PeerEntry, PeerList } from '../shared/protocol/local.ts'
import { ReplyMode } from '../shared/protocol/peer-api.ts'

const Position = z.object({ store: z.string(), cursor: z.int() })
type Position = z.infer<typeof Position>

export class Settings {
  readonly #position: Setting<Position>
  readonly #proxyStore: Setting<string>
  readonly #peers: Setting<PeerEntry[]>
  readonly #mode: Setting<ReplyMode>
  readonly #attempt: Setting<number>

  constructor(store: Store) {
    this.#position = new Setting(store, 'position', storedJson(Position))
    this.#proxyStore = new Setting(store, 'proxy store', storedJson(z.string()))
    this.#peers = new Setting(store, 'peers', storedJson(PeerList))
    this.#mode = new Setting(store, 'mode', storedJson(ReplyMode))
    this.#attempt = new Setting(store, 'attempt', storedJson(z.int()))
  }

  /** The position in the events of the proxy's store; another store begins at 0. */
  get position(): Position | undefined {
    return this.#position.read()
  }

  /** Inside a write. */
  setPosition(position: Position): void {
    this.#position.write(position)
  }

  /** The proxy's disk that messages were handed over to last. */
  get proxyStore(): string | undefined {
    return this.#proxyStore.read()
  }

  /** Inside a write. */
  setProxyStore(store: string): void {
    this.#proxyStore.write(store)
  }

  get peers(): PeerEntry[] | undefined {
    return this.#peers.read()
  }

  /** Inside a write. */
  setPeers(peers: readonly PeerEntry[]): void {
    this.#peers.write([...peers])
  }

  /** What the person chose on the page; undefined while the configuration decides. */
  get mode(): ReplyMode | undefined {
    return this.#mode.read()
  }

  /** Inside a write. */
  setMode(mode: ReplyMode): void {
    this.#mode.write(mode)
  }

  /** A number above every one before it, whichever way the clock was set meanwhile; inside a write. */
  nextAttempt(now: number): number {
    const attempt = Math.max(now, (this.#attempt.read() ?? 0) + 1)
    this.#attempt.write(attempt)
    return attempt
  }
}
