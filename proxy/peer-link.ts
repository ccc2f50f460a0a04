/** The event stream to the own peer: kept events from its cursor on, and passing ones while it is attached. */
import type { Context } from 'hono'
import { EventReaders, type EventWriter } from '../shared/process/event-stream.ts'
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
  readonly #cursors = new Map<EventWriter, number>()
  readonly #present: () => ProxyEvent[]
  readonly #attachmentChanged: () => void

  /** @param parts.present what is so now: sent first at each connection */
  constructor(parts: { inbox: Inbox; present: () => ProxyEvent[]; attachmentChanged: () => void }) {
    this.#inbox = parts.inbox
    this.#present = parts.present
    this.#attachmentChanged = parts.attachmentChanged
  }

  get isAttached(): boolean {
    return this.#readers.size > 0
  }

  open(c: Context, after: number): Response {
    return this.#readers.open(c, {
      onOpen: writer => {
        for (const event of this.#present()) writer.send({ data: event })
        this.#cursors.set(writer, after)
        this.#pump(writer)
        this.#attachmentChanged()
      },
      onClose: writer => {
        this.#cursors.delete(writer)
        this.#attachmentChanged()
      },
    })
  }

  /** New events were kept. */
  keptEventsWait(): void {
    for (const writer of this.#cursors.keys()) this.#pump(writer)
  }

  /** Tells whoever is attached now, and nobody later. */
  tell(event: ProxyEvent): void {
    this.#readers.sendAll({ data: event })
  }

  /** Reads from disk only what the socket takes: a peer that is slow or far behind costs no memory. */
  #pump(writer: EventWriter): void {
    while (writer.hasRoom) {
      const events = page(this.#inbox.eventsAfter(this.#cursors.get(writer) ?? 0, PAGE))
      if (events.length === 0) return
      writer.sendJson(events.map(({ json }) => json))
      this.#cursors.set(writer, events.at(-1)?.cursor ?? 0)
    }
    writer.onDrain(() => this.#pump(writer))
  }
}

/** As many from the front as may be written at once; the first one always. */
function page<E extends { json: string }>(events: readonly E[]): readonly E[] {
  let characters = 0
  const end = events.findIndex(({ json }, index) => {
    characters += json.length
    return index > 0 && characters > PAGE_CHARACTERS
  })
  return end < 0 ? events : events.slice(0, end)
}
