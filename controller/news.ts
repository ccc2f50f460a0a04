/** What dashboards are told of proxies: gathered for a moment, and only of those that changed. */
import type { ProxyStatus, ProxyView } from '../shared/protocol/control.ts'

/** News are gathered for this long before they are sent, so that a burst is one event. */
const GATHER_MS = 100
/** A proxy that says nothing changes its status too: looked for this often. */
const TICK_MS = 1_000

export type Changes = { readonly proxies: ProxyView[]; readonly removed: string[] }

export type NewsParts = {
  /** Nobody listens: then nothing is computed. */
  readonly isWanted: () => boolean
  /** How a proxy is now; undefined for one that is not known. */
  readonly view: (key: string) => ProxyView | undefined
  readonly keys: () => readonly string[]
  readonly tell: (changes: Changes) => void
}

export class News implements Disposable {
  readonly #parts: NewsParts
  readonly #changed = new Set<string>()
  readonly #told = new Map<string, ProxyStatus>()
  readonly #tick: NodeJS.Timeout
  #gathering: NodeJS.Timeout | undefined

  constructor(parts: NewsParts) {
    this.#parts = parts
    this.#tick = setInterval(() => this.#findSilent(), TICK_MS)
  }

  /** Something of a proxy may look different now. */
  of(key: string): void {
    if (!this.#parts.isWanted()) return
    this.#changed.add(key)
    this.#gathering ??= setTimeout(() => this.#tell(), GATHER_MS)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#tick)
    clearTimeout(this.#gathering)
  }

  #tell(): void {
    this.#gathering = undefined
    const changes: Changes = { proxies: [], removed: [] }
    for (const key of this.#changed) {
      const view = this.#parts.view(key)
      if (view === undefined) changes.removed.push(key)
      else changes.proxies.push(view)
      if (view !== undefined) this.#told.set(key, view.status)
      else this.#told.delete(key)
    }
    this.#changed.clear()
    this.#parts.tell(changes)
  }

  #findSilent(): void {
    if (!this.#parts.isWanted()) return
    for (const key of this.#parts.keys()) {
      const status = this.#parts.view(key)?.status
      if (status !== this.#told.get(key)) this.of(key)
    }
  }
}
