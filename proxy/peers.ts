/** Who is in the table, and who of them is there: what the own peer shows as its list. */
import { isDeepStrictEqual } from 'node:util'
import type { PeerEntry, PeerKind } from '../shared/protocol/local.ts'
import { nameKey } from '../shared/protocol/names.ts'
import type { Presence } from '../shared/protocol/overlay.ts'
import { isApiRoute } from '../shared/protocol/route.ts'
import type { Routing } from './routing.ts'

export class Peers {
  readonly #routing: Routing
  readonly #kinds = new Map<string, PeerKind>()
  readonly #online = new Map<string, boolean>()
  readonly #commands = new Map<string, readonly string[]>()
  readonly #changed: (peers: PeerEntry[]) => void
  #told: PeerEntry[] = []

  /** @param parts.kinds what is known before anybody was met, by name */
  constructor(parts: {
    routing: Routing
    kinds: Iterable<readonly [name: string, kind: PeerKind]>
    changed: (peers: PeerEntry[]) => void
  }) {
    this.#routing = parts.routing
    this.#changed = parts.changed
    for (const [name, kind] of parts.kinds) this.#kinds.set(nameKey(name), kind)
  }

  /** A destination answered, asked, or (null) did not answer. */
  met(name: string, presence: Presence | null): void {
    this.#online.set(nameKey(name), presence?.online ?? false)
    if (presence !== null) this.#kinds.set(nameKey(name), presence.kind)
    if (presence?.kind === 'service' && presence.commands !== undefined)
      this.#commands.set(nameKey(name), presence.commands)
    this.tellChanges()
  }

  list(): PeerEntry[] {
    return Object.entries(this.#routing.endpoints).map(([name, route]) => {
      if (!isApiRoute(route)) {
        const commands = this.#commands.get(nameKey(name))
        return {
          id: name,
          name,
          kind: this.#kinds.get(nameKey(name)) ?? 'person',
          online: this.#online.get(nameKey(name)) ?? false,
          ...(commands !== undefined && { commands: [...commands] }),
        }
      }
      const online = route.credential === undefined || this.#routing.credential(route.credential) !== undefined
      return { id: name, name, kind: 'ai', online, model: route.model }
    })
  }

  tellChanges(): void {
    const peers = this.list()
    if (isDeepStrictEqual(peers, this.#told)) return
    this.#told = peers
    this.#changed(peers)
  }
}
