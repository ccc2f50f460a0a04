/**
 * The event streams to the own peer, and to programs that listen beside it: kept events from a cursor on, and passing ones
 * while it is attached. What is passing, a reader that does not keep up is told anew once it reads again.
 */
import type { Context } from 'hono'
import { EventReaders, type EventWriter, frameOf } from '../shared/process/event-stream.ts'
import { fitting } from '../shared/process/fitting.ts'
import type { ProxyEvent } from '../shared/protocol/local.ts'
import type { Inbox } from './inbox.ts'

/** Kept events read from disk at a time: few at first, since they may be large. */
const PAGE = 128
const FIRST_PAGE = 4
/** Most of them that are written at once, in characters. */
const PAGE_CHARACTERS = 256 * 1024
const READERS = 16

export class PeerLink {
  readonly #inbox: Inbox
  readonly #readers = new EventReaders(READERS)
  readonly #places = new Map<EventWriter, Place>()
  readonly #present: () => ProxyEvent[]
  readonly #attachmentChanged: () => void
  #commands: string[] | undefined
  /** The reader that the peer opens its stream as, and whose reading counts. Until one attaches, anybody's does. */
  #owner: string | undefined

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

  /** A peer takes its place, and will open its stream as `reader`. One that had it before is closed. */
  attach({ reader, commands }: { reader: string; commands?: string[] | undefined }): void {
    this.#commands = commands ?? this.#commands
    for (const [writer, place] of this.#places)
      if (this.#owner !== reader && place.reader === this.#owner && place.reader !== undefined) writer.close()
    this.#owner = reader
  }

  open(c: Context, { after, reader }: { after: number; reader?: string | undefined }): Response {
    const isOwner = reader !== undefined && reader === this.#owner
    return this.#readers.open(c, {
      isOwner,
      onOpen: writer => {
        this.#places.set(writer, { cursor: after, rows: FIRST_PAGE, isBehind: true, reader })
        if (isOwner) this.#inbox.gave(after)
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
    const frame = frameOf({ data: event })
    for (const [writer, place] of this.#places) {
      if (writer.sendFrames(frame)) continue
      place.isBehind = true
      writer.onDrain(() => this.#pump(writer))
    }
  }

  /** Reads from disk only what the socket takes: a peer that is slow or far behind costs no memory. */
  #pump(writer: EventWriter): void {
    const place = this.#places.get(writer)
    while (place !== undefined && writer.hasRoom) {
      if (place.isBehind) {
        place.isBehind = false
        writer.sendFrames(
          this.#present()
            .map(data => frameOf({ data }))
            .join(''),
        )
        continue
      }
      const read = this.#inbox.eventsAfter(place.cursor, place.rows, PAGE_CHARACTERS)
      if (read.length === 0) return
      const events = fitting(read, ({ json }) => json.length, PAGE_CHARACTERS)
      writer.sendJson(events.map(({ json }) => json))
      place.cursor = events.at(-1)?.cursor ?? place.cursor
      if (this.#owner === undefined || place.reader === this.#owner) this.#inbox.gave(place.cursor)
      place.rows = events.length < read.length ? events.length : Math.min(PAGE, place.rows * 2)
    }
    writer.onDrain(() => this.#pump(writer))
  }
}

/**
 * Where a reader is, and how many events to read next: fewer while they are so large that not all of them are written.
 * `isBehind`: it is to be told how things are now, at first and whenever it missed something that was passing.
 */
type Place = { cursor: number; rows: number; isBehind: boolean; readonly reader: string | undefined }
