/**
 * Events for pages and programs like them: numbered and kept for a while, so that a reader that was away for a moment misses
 * nothing. Each is encoded once, and a reader is a position in what is kept: one that does not read costs nothing.
 */
import type { Context } from 'hono'
import { v4 as uuidv4 } from 'uuid'
import type { Present, PresentEvent } from '../protocol/present.ts'
import { EventReaders, type EventWriter, frameOf } from './event-stream.ts'

/** Events kept for readers that are behind, or come back. */
const KEPT = 4_000
/** Most bytes of them; the newest is kept whatever its size. */
const KEPT_BYTES = 4 * 1024 * 1024
const READERS = 64

export class NumberedEvents {
  readonly #readers = new EventReaders(READERS)
  /** How far each reader has been given what happened, and what describes the present to it. */
  readonly #places = new Map<EventWriter, { given: number; readonly present: () => PresentEvent[] }>()
  /** The newest events, oldest first. */
  readonly #kept: Buffer[] = []
  #life = newLife()
  #last = 0
  #bytes = 0

  emit({ event, data }: PresentEvent): void {
    this.#last += 1
    const frame = Buffer.from(this.#frame({ event, data }))
    this.#kept.push(frame)
    this.#bytes += frame.length
    if (this.#kept.length > KEPT || this.#bytes > KEPT_BYTES) this.#forget()
    for (const writer of this.#places.keys()) this.#pump(writer)
  }

  /**
   * Goes on behind the event that `Last-Event-ID`, or else the parameter `after`, names.
   * @param present events that describe the present to a reader that starts anew
   */
  open(c: Context, present: () => PresentEvent[], on: { onOpen?: () => void; onClose?: () => void } = {}): Response {
    return this.#readers.open(c, {
      // Only a page of this process says so: a browser lets no other one, and a program has no reason to.
      isOwner: c.req.header('sec-fetch-site') === 'same-origin',
      onOpen: writer => {
        on.onOpen?.()
        const lastSeen = c.req.header('last-event-id') ?? c.req.query('after')
        const given = lastSeen === undefined ? undefined : this.#numberOf(lastSeen)
        this.#places.set(writer, { given: given ?? this.#last, present })
        if (given === undefined) this.#tellPresent(writer, { isReset: lastSeen !== undefined })
        this.#pump(writer)
      },
      onClose: writer => {
        this.#places.delete(writer)
        on.onClose?.()
      },
    })
  }

  /** What is so now, with the place in the stream that it goes on from. */
  present(events: PresentEvent[]): Present {
    return { last: this.#position, events }
  }

  /** Something happened that no event tells: whoever comes back reads everything anew. */
  renew(): void {
    this.#life = newLife()
    this.#kept.length = 0
    this.#bytes = 0
  }

  /** How many listen. */
  get size(): number {
    return this.#readers.size
  }

  get #position(): string {
    return `${this.#life}-${this.#last}`
  }

  #frame({ event, data }: PresentEvent): string {
    return frameOf({ ...(event !== undefined && { event }), id: this.#position, data })
  }

  /** The older half, and more while the rest is still too large; never the newest. */
  #forget(): void {
    do for (const { length } of this.#kept.splice(0, Math.floor(this.#kept.length / 2))) this.#bytes -= length
    while (this.#bytes > KEPT_BYTES && this.#kept.length > 1)
  }

  /** Gives a reader what it has not been given yet, as far as its socket takes it. */
  #pump(writer: EventWriter): void {
    const place = this.#places.get(writer)
    if (place === undefined) return
    while (place.given < this.#last && writer.hasRoom) {
      const frame = this.#kept[this.#kept.length - (this.#last - place.given)]
      place.given = frame === undefined ? this.#last : place.given + 1
      if (frame === undefined) this.#tellPresent(writer, { isReset: true })
      else writer.sendFrames(frame)
    }
    if (place.given < this.#last) writer.onDrain(() => this.#pump(writer))
  }

  #tellPresent(writer: EventWriter, { isReset }: { isReset: boolean }): void {
    const present = this.#places.get(writer)?.present() ?? []
    const events = isReset ? [{ event: 'reset', data: {} }, ...present] : present
    writer.sendFrames(events.map(event => this.#frame(event)).join(''))
  }

  /** The number of an event, or undefined when what came after it is not known any more. */
  #numberOf(id: string): number | undefined {
    const digits = id.startsWith(`${this.#life}-`) ? id.slice(this.#life.length + 1) : ''
    const missing = /^\d{1,15}$/.test(digits) ? this.#last - Number(digits) : -1
    return missing < 0 || missing > this.#kept.length ? undefined : Number(digits)
  }
}

const newLife = (): string => uuidv4().slice(0, 8)
