/** Keeps the proxy's events in their order, each exactly once: an event, what follows from it and the position are one transaction. */
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
  readonly log: Log
}

export class KeptEvents {
  readonly #parts: KeptEventsParts
  #storeId = ''
  /** An event could not be kept: those after it must not be either, until the stream begins anew. */
  #broken = false

  constructor(parts: KeptEventsParts) {
    this.#parts = parts
  }

  /** The stream begins, from the proxy's disk of that name. What is kept already is acknowledged once more. */
  begin({ store, forgotten }: Extract<ProxyEvent, { kind: 'hello' }>): void {
    const { settings, keptUpTo, log } = this.#parts
    const { position } = settings
    this.#storeId = store
    this.#broken = false
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
    const { store, keptUpTo, reconnect, log } = this.#parts
    const position = { store: this.#storeId, cursor: event.cursor }
    const kept = store.write(() => this.#once(position, act))
    void kept.then(
      then => {
        failpoint('peer: before an event is acknowledged')
        then()
        keptUpTo(position)
        failpoint('peer: after an event is acknowledged')
      },
      error => {
        const first = !this.#broken
        this.#broken = true
        if (!first) return
        log.error({ err: error, cursor: event.cursor }, 'an event could not be kept; it is asked for again')
        reconnect(new Error('an event could not be kept'))
      },
    )
  }

  #once(position: CursorAcknowledgement, act: () => () => void): () => void {
    const { settings } = this.#parts
    if (this.#broken) throw new Error('an earlier event could not be kept')
    const before = settings.position
    if (before?.store === position.store && position.cursor <= before.cursor) return () => {}
    settings.setPosition(position)
    const then = act()
    failpoint('peer: before an event is committed')
    return then
  }
}
