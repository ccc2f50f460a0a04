/** The event stream to the own peer: kept events from its cursor on, and passing ones while it is attached. */
import type { Context } from 'hono'
import { EventReaders, type EventWriter } from '../shared/process/event-stream.ts'
import { fitting } from '../shared/process/fitting.ts'
import type { ProxyEvent } from '../shared/protocol/local.ts'
import type { Inbox } from './inbox.ts'

/** Kept events read from disk at a time. */
const PAGE = 128
/** Most of them that are written at once, in characters. */
const PAGE_CHARACTERS = 256 * 1024
const READERS = 32

export class PeerLink {
  readonly #inbox: Inbox
  readonly #readers = new EventReaders(READERS)
  readonly #places = new Map<EventWriter, Place>()
  readonly #present: () => ProxyEvent[]
  readonly #attachmentChanged: () => void
  #commands: string[] | undefined

  /** @param parts.present what is so now: sent first at each connection */
  constructor(parts: { inbox: Inbox; present: () => ProxyEvent[]; attachmentChanged: () => void }) {
    this.#inbox = parts.inbox
    this.#present = parts.present
    this.#attachmentChanged = parts.attachmentChanged
  }

  get isAttached(): boolean {
    return this.#readers.size > 0
  }

  /** What the peer that was attached last can be told, if it said so. */
  get commands(): string[] | undefined {
    return this.#commands
  }

  open(c: Context, { after, commands }: { after: number; commands?: string[] | undefined }): Response {
    return this.#readers.open(c, {
      onOpen: writer => {
        this.#commands = commands ?? this.#commands
        for (const event of this.#present()) writer.send({ data: event })
        this.#places.set(writer, { cursor: after, rows: PAGE })
        this.#pump(writer)
        this.#attachmentChanged()
      },
      onClose: writer => {
        this.#places.delete(writer)
        this.#attachmentChanged()
      },
    })
  }

  /** Every reader begins anew: the cursors that they have mean nothing any more. */
  closeAll(): void {
    for (const writer of this.#readers) writer.close()
  }

  /** New events were kept. */
  keptEventsWait(): void {
    for (const writer of this.#places.keys()) this.#pump(writer)
  }

  /** Tells whoever is attached now, and nobody later. */
  tell(event: ProxyEvent): void {
    this.#readers.sendAll({ data: event })
  }

  /** Reads from disk only what the socket takes: a peer that is slow or far behind costs no memory. */
  #pump(writer: EventWriter): void {
    const place = this.#places.get(writer)
    while (place !== undefined && writer.hasRoom) {
      const read = this.#inbox.eventsAfter(place.cursor, place.rows)
      if (read.length === 0) return
      const events = fitting(read, ({ json }) => json.length, PAGE_CHARACTERS)
      writer.sendJson(events.map(({ json }) => json))
      place.cursor = events.at(-1)?.cursor ?? place.cursor
      place.rows = events.length < read.length ? events.length : Math.min(PAGE, place.rows * 2)
    }
    writer.onDrain(() => this.#pump(writer))
  }
}

/** Where a reader is, and how many events to read next: fewer while they are so large that not all of them are written. */
type Place = { cursor: number; rows: number }
