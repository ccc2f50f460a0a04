/** News for the pages of a peer: numbered, so that a page that was away for a moment misses nothing. */

import type { Context } from 'hono'
import { v4 as uuidv4 } from 'uuid'
import { EventReaders, type EventWriter, type StreamedEvent } from '../shared/process/event-stream.ts'
import { Grace } from '../shared/process/grace.ts'
import type { PeerEventData, PeerEventName } from '../shared/protocol/peer-api.ts'

/** Events kept for pages that come back. */
const KEPT = 2_000
/** Most characters of them. */
const KEPT_CHARACTERS = 4 * 1024 * 1024
const PAGES = 64
/** Most characters that are sent to such a page in one go; one that missed more reads everything anew. */
const REPLAYED = 1024 * 1024
/**
 * How long all pages may be away before what was asked on them is stopped, in milliseconds: a page that is loaded anew, or
 * whose connection broke, is back within a few seconds.
 */
export const PAGE_GRACE_MS = 10_000

export class PageEvents {
  readonly #readers = new EventReaders(PAGES)
  readonly #life = uuidv4().slice(0, 8)
  readonly #kept: { readonly event: StreamedEvent; readonly characters: number }[] = []
  #left: Grace | undefined
  #last = 0
  #characters = 0

  emit<N extends PeerEventName>(name: N, data: PeerEventData<N>): void {
    const event = { event: name, id: `${this.#life}-${++this.#last}`, data }
    const characters = JSON.stringify(data).length
    this.#kept.push({ event, characters })
    this.#characters += characters
    if (this.#kept.length > KEPT * 2 || this.#characters > KEPT_CHARACTERS) this.#forget()
    this.#readers.sendAll(event)
  }

  /** @param present events that describe the present to a page that starts anew */
  open(c: Context, present: () => StreamedEvent[]): Response {
    return this.#readers.open(c, {
      onOpen: writer => {
        this.#left?.returned()
        this.#greet(writer, c.req.header('last-event-id'), present)
      },
      onClose: () => this.isOpen || this.#left?.left(),
    })
  }

  /** Whether a page, or a program like one, listens. */
  get isOpen(): boolean {
    return this.#readers.size > 0
  }

  /** @param gone runs whenever nobody has listened for `graceMs` milliseconds */
  whenLeft(graceMs: number, gone: () => void): Disposable {
    this.#left = new Grace(graceMs, gone)
    return this.#left
  }

  /** The older half. */
  #forget(): void {
    for (const { characters } of this.#kept.splice(0, Math.ceil(this.#kept.length / 2))) this.#characters -= characters
  }

  #greet(writer: EventWriter, lastSeen: string | undefined, present: () => StreamedEvent[]): void {
    const missed = lastSeen === undefined ? undefined : this.#after(lastSeen)
    if (lastSeen !== undefined && missed === undefined)
      writer.send({ event: 'reset', id: `${this.#life}-${this.#last}`, data: {} })
    const now = present().map(event => ({ ...event, id: `${this.#life}-${this.#last}` }))
    for (const event of missed ?? now) writer.send(event)
  }

  /** What came after an event, or undefined when that is no longer known or too much. */
  #after(id: string): StreamedEvent[] | undefined {
    const number = id.startsWith(`${this.#life}-`) ? Number(id.slice(this.#life.length + 1)) : Number.NaN
    const missing = this.#last - number
    if (!Number.isInteger(number) || missing < 0 || missing > this.#kept.length) return undefined
    const missed = missing === 0 ? [] : this.#kept.slice(-missing)
    const characters = missed.reduce((sum, one) => sum + one.characters, 0)
    return characters > REPLAYED ? undefined : missed.map(({ event }) => event)
  }
}
