/** Who is in the table, and who of them is there: what the own peer shows as its list. */
import { isDeepStrictEqual } from 'node:util'
import type { PeerEntry, PeerKind } from '../shared/protocol/local.ts'
import { nameKey } from '../shared/protocol/names.ts'
import type { Presence } from '../shared/protocol/overlay.ts'
import { isApiRoute } from '../shared/protocol/route.ts'
import type { Routing } from './routing.ts'

/** What is known of a peer before it was met. */
export type KnownPeer = {
  readonly name: string
  readonly kind: PeerKind
  readonly displayName?: string | undefined
}

/** So many are remembered whom the table does not name yet; whoever was met least recently goes first. */
const MOST_STRANGERS = 256

type Met = Omit<KnownPeer, 'name'> & Partial<Presence>

export class Peers {
  readonly #routing: Routing
  readonly #known = new Map<string, Met>()
  readonly #strangers = new Map<string, Met>()
  readonly #changed: (peers: PeerEntry[]) => void
  #told: PeerEntry[] = []

  constructor(parts: { routing: Routing; known: Iterable<KnownPeer>; changed: (peers: PeerEntry[]) => void }) {
    this.#routing = parts.routing
    this.#changed = parts.changed
    for (const { name, kind, displayName } of parts.known) this.#known.set(nameKey(name), { kind, displayName })
  }

  /** A destination answered, asked, or (null) did not answer. What it does not say of itself stays as it was. */
  met(name: string, presence: Presence | null): void {
    const before: Met = this.#of(name) ?? { kind: 'person' }
    const { commands = before.commands, displayName = before.displayName } = presence ?? {}
    this.#remember(name, { ...before, online: false, ...presence, commands, displayName })
    this.tellChanges()
  }

  #of(name: string): Met | undefined {
    return this.#known.get(nameKey(name)) ?? this.#strangers.get(nameKey(name))
  }

  #remember(name: string, met: Met): void {
    const key = nameKey(name)
    this.#strangers.delete(key)
    if (this.#known.has(key) || this.#routing.has(name)) {
      this.#known.set(key, met)
      return
    }
    this.#strangers.set(key, met)
    const [oldest] = this.#strangers.keys()
    if (this.#strangers.size > MOST_STRANGERS && oldest !== undefined) this.#strangers.delete(oldest)
  }

  list(): PeerEntry[] {
    return Object.entries(this.#routing.endpoints).map(([name, route]) => {
      if (isApiRoute(route)) {
        const hasKey = route.credential === undefined || this.#routing.credential(route.credential) !== undefined
        const online = hasKey && this.#routing.unusable(route) === undefined
        return { id: name, name, kind: 'ai', online, model: route.model }
      }
      const { kind = 'person', online = false, commands, displayName } = this.#of(name) ?? {}
      return {
        id: name,
        name,
        kind,
        online,
        ...(displayName !== undefined && { displayName }),
        ...(kind === 'service' && commands !== undefined && { commands: [...commands] }),
      }
    })
  }

  tellChanges(): void {
    const peers = this.list()
    if (isDeepStrictEqual(peers, this.#told)) return
    this.#told = peers
    this.#changed(peers)
  }
}
