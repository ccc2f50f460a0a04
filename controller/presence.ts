/** What the controller knows of each proxy at this moment: when it was seen, what it applied, its figures. */
import type { Counters, ProxyStatus, ProxyView, RoutesAnswer } from '../shared/protocol/control.ts'
import { nameKey, own } from '../shared/protocol/names.ts'
import type { State } from './document.ts'
import { mayHave } from './small-versions.ts'

type Seen = {
  at: number
  applied: number | null
  refused: { version: number; reason: string } | null
  counters: Counters | null
  startedAt?: string | undefined
}

/** `active` until 60 s after it was seen, `warning` until 120 s, then `stale`. */
export function statusAfter(silentMs: number): ProxyStatus {
  if (silentMs < 60_000) return 'active'
  return silentMs < 120_000 ? 'warning' : 'stale'
}

export class Presence {
  readonly #seen = new Map<string, Seen>()
  readonly #now: () => Date

  constructor(now: () => Date) {
    this.#now = now
  }

  sawNow(name: string, news: Partial<Omit<Seen, 'at'>> = {}): void {
    const before = this.#seen.get(nameKey(name)) ?? { applied: null, refused: null, counters: null }
    this.#seen.set(nameKey(name), { ...before, ...news, at: this.#now().getTime() })
  }

  /** @param wanted the newest version that was given: a push without a readable one was meant to bring it */
  answered(answer: RoutesAnswer, wanted: number): void {
    const { name, applied, reason = 'no reason given', inForce } = answer
    const version = answer.version ?? wanted
    const claimed = applied ? version : inForce
    if (claimed !== undefined && !mayHave(claimed, wanted)) {
      const doubt = `it says that version ${claimed} is in force, which was never given to it`
      return this.sawNow(name, { refused: { version: wanted, reason: doubt } })
    }
    if (applied) this.sawNow(name, { applied: version, refused: null })
    else this.sawNow(name, { refused: { version, reason }, ...(inForce !== undefined && { applied: inForce }) })
  }

  /** The version that the proxy last said to be in force, or null. */
  applied(name: string): number | null {
    return this.#seen.get(nameKey(name))?.applied ?? null
  }

  /** When it was last seen since this start, in milliseconds of the epoch. */
  lastSeen(name: string): number | undefined {
    return this.#seen.get(nameKey(name))?.at
  }

  forget(name: string): void {
    this.#seen.delete(nameKey(name))
  }

  /** How a proxy looks, by the key of its name; undefined for one that never registered or was forgotten. */
  view(state: State, key: string, connected: boolean): ProxyView | undefined {
    const proxy = own(state.proxies, key)
    if (proxy === undefined) return undefined
    const seen = this.#seen.get(key)
    const lastSeen = seen?.at ?? Date.parse(proxy.lastSeen)
    return {
      name: proxy.name,
      ...(proxy.displayName !== undefined && { displayName: proxy.displayName }),
      host: proxy.host,
      port: proxy.port,
      status: statusAfter(this.#now().getTime() - lastSeen),
      connected,
      lastSeen: new Date(lastSeen).toISOString(),
      version: {
        wanted: own(state.tables, key)?.history[0].version ?? 1,
        applied: seen?.applied ?? null,
        refused: seen?.refused ?? null,
      },
      counters: seen?.counters ?? null,
      ...(seen?.startedAt !== undefined && { startedAt: seen.startedAt }),
    }
  }
}
