/** News for the pages of a peer, and when the last of them was closed. */
import type { Context } from 'hono'
import { Grace } from '../shared/process/grace.ts'
import { NumberedEvents } from '../shared/process/numbered-events.ts'
import type { PeerEventData, PeerEventName } from '../shared/protocol/peer-api.ts'
import type { Present, PresentEvent } from '../shared/protocol/present.ts'

/**
 * How long all pages may be away before what was asked on them is stopped, in milliseconds: a page that is loaded anew, or
 * whose connection broke, is back within a few seconds. The tabs of a browser are one page: one of them listens for all.
 */
export const PAGE_GRACE_MS = 10_000

export class PageEvents {
  readonly #events = new NumberedEvents()
  #left: Grace | undefined

  emit<N extends PeerEventName>(name: N, data: PeerEventData<N>): void {
    this.#events.emit({ event: name, data })
  }

  /** @param present events that describe the present to a page that starts anew */
  open(c: Context, present: () => PresentEvent[]): Response {
    return this.#events.open(c, present, {
      onOpen: () => this.#left?.returned(),
      onClose: () => this.isOpen || this.#left?.left(),
    })
  }

  present(events: PresentEvent[]): Present {
    return this.#events.present(events)
  }

  /** Whether a page, or a program like one, listens. */
  get isOpen(): boolean {
    return this.#events.size > 0
  }

  /** @param gone runs whenever nobody has listened for `graceMs` milliseconds */
  whenLeft(graceMs: number, gone: () => void): Disposable {
    this.#left = new Grace(graceMs, gone)
    return this.#left
  }
}
