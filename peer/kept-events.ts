/** Keeps the proxy's events in their order, each exactly once: an event, what follows from it and the position are one transaction. */
import * as z from 'zod'
import { failpoint } from '../shared/process/failpoint.ts'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import type { CursorAcknowledgement, ProxyEvent } from '../shared/protocol/local.ts'
import type { Settings } from './settings.ts'

export type KeptEvent = Extract<ProxyEvent, { cursor: number }>

export type KeptEventsParts = {
  readonly store: Store
  readonly settings: Settings
  readonly keptUpTo: (position: CursorAcknowledgement) => void
  /** Begins the event stream anew, from the position on disk. */
  readonly reconnect: (reason: Error) => void
  /** Inside a write: what is kept in place of an event that is given up, for the person to learn of it. @returns what to show then */
  readonly givenUp?: (event: KeptEvent, why: string) => () => void
  readonly log: Log
}

/**
 * An event that fails alone so often, by what is in it, is given up: those behind it are not held up for good. A disk that fails
 * is no such reason, however long it takes.
 */
const TRIES = 3
const isOfEvent = (error: unknown): boolean =>
  [z.ZodError, RangeError, SyntaxError, TypeError].some(kind => error instanceof kind)

const NONE_FAILING = { cursor: 0, times: 0 }

/** Events that are kept in one write: those that one turn of the event loop brought. */
type Group = { readonly store: string; readonly events: { cursor: number; act: () => () => void }[] }

export class KeptEvents {
  readonly #parts: KeptEventsParts
  #storeId = ''
  /** What is kept, or will be with the writes that are under way. */
  #position: CursorAcknowledgement | undefined
  #group: Group | undefined
  /** A group could not be kept: those after it must not be either, until the stream begins anew. */
  #broken = false
  #reconnecting = false
  /** From then on each event is kept alone, until one is: what comes before the one that fails is not held up. */
  #careful = false
  /** The event that failed last by what is in it, and how often. */
  #failing = NONE_FAILING

  constructor(parts: KeptEventsParts) {
    this.#parts = parts
  }

  /** The stream begins, from the proxy's disk of that name. What is kept already is acknowledged once more. */
  begin({ store, forgotten }: Extract<ProxyEvent, { kind: 'hello' }>): void {
    const { settings, keptUpTo, log } = this.#parts
    const { position } = settings
    if (store !== this.#storeId) this.#failing = NONE_FAILING
    this.#storeId = store
    this.#position = position
    this.#group = undefined
    this.#broken = false
    this.#reconnecting = false
    if (position?.store !== store) return
    keptUpTo(position)
    if (position.cursor < forgotten)
      log.warn(
        { ...position, forgotten },
        'this store is older than what the proxy remembers of it: what arrived since is not in it',
      )
  }

  /** @param act runs inside the write; what it returns runs once all is on disk */
  keep(event: KeptEvent, act: () => () => void): void {
    const { cursor } = event
    if (this.#group === undefined) {
      const group = { store: this.#storeId, events: [] }
      void this.#write(group)
      this.#group = group
    }
    this.#group.events.push({ cursor, act: this.#isHopeless(event) ? () => this.#giveUp(event) : act })
    if (this.#careful) this.#group = undefined
  }

  async #write(group: Group): Promise<void> {
    const { store, keptUpTo, reconnect, log } = this.#parts
    try {
      const told = await store.write(() => {
        if (this.#group === group) this.#group = undefined
        return this.#take(group)
      })
      failpoint('peer: before an event is acknowledged')
      for (const then of told) then()
      keptUpTo({ store: group.store, cursor: group.events.at(-1)?.cursor ?? 0 })
      failpoint('peer: after an event is acknowledged')
      this.#careful = false
    } catch (error) {
      const first = !this.#reconnecting
      this.#broken = true
      this.#careful = true
      this.#reconnecting = true
      if (!first) return
      const cursor = group.events[0]?.cursor
      if (group.events.length === 1 && cursor !== undefined && isOfEvent(error))
        this.#failing = { cursor, times: this.#failing.cursor === cursor ? this.#failing.times + 1 : 1 }
      log.error({ err: error, cursor }, 'an event could not be kept; it is asked for again')
      reconnect(new Error('an event could not be kept'))
    }
  }

  #isHopeless({ cursor }: KeptEvent): boolean {
    return this.#failing.cursor === cursor && this.#failing.times >= TRIES
  }

  /** Inside a write. Where not even that can be kept, only the position is. */
  #giveUp(event: KeptEvent): () => void {
    const { givenUp, log } = this.#parts
    log.error(
      { cursor: event.cursor, event: event.kind },
      'an event is given up: it could not be kept in any of several tries',
    )
    if (givenUp === undefined || this.#failing.times >= 2 * TRIES) return () => {}
    return givenUp(event, 'this peer could not keep it; its log has the details')
  }

  /** One that throws stops those after it, also those of the same write. */
  #tried(act: () => () => void): () => void {
    try {
      return act()
    } catch (error) {
      this.#broken = true
      throw error
    }
  }

  /** Inside a write: each event that was not kept before, and how far that comes. */
  #take({ store, events }: Group): (() => void)[] {
    if (this.#broken) throw new Error('an earlier event could not be kept')
    const before = this.#position
    const told = events.flatMap(({ cursor, act }) => {
      if (this.#position?.store === store && cursor <= this.#position.cursor) return []
      this.#position = { store, cursor }
      const then = this.#tried(act)
      failpoint('peer: before an event is committed')
      return [then]
    })
    if (this.#position !== undefined && this.#position !== before) this.#parts.settings.setPosition(this.#position)
    return told
  }
}
