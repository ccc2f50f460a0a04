/** Events for pages and programs like them: numbered and kept for a while, so that a reader that was away for a moment misses nothing. */
import type { Context } from 'hono'
import { v4 as uuidv4 } from 'uuid'
import type { Present, PresentEvent } from '../protocol/present.ts'
import { EventReaders, type EventWriter, type StreamedEvent } from './event-stream.ts'

/** Events kept for readers that come back. */
const KEPT = 2_000
/** Most characters of them. */
const KEPT_CHARACTERS = 4 * 1024 * 1024
const READERS = 64
/** Most characters that are sent to such a reader in one go; one that missed more reads everything anew. */
const REPLAYED = 1024 * 1024

export class NumberedEvents {
  readonly #readers = new EventReaders(READERS)
  readonly #kept: { readonly event: StreamedEvent; readonly characters: number }[] = []
  #life = newLife()
  #last = 0
  #characters = 0

  emit({ event: name, data }: PresentEvent): void {
    this.#last += 1
    const event = { ...named(name), id: this.#position, data }
    const characters = JSON.stringify(data).length
    this.#kept.push({ event, characters })
    this.#characters += characters
    if (this.#kept.length > KEPT * 2 || this.#characters > KEPT_CHARACTERS) this.#forget()
    this.#readers.sendAll(event)
  }

  /**
   * Goes on behind the event that `Last-Event-ID`, or else the parameter `after`, names.
   * @param present events that describe the present to a reader that starts anew
   */
  open(c: Context, present: () => PresentEvent[], on: { onOpen?: () => void; onClose?: () => void } = {}): Response {
    return this.#readers.open(c, {
      onOpen: writer => {
        on.onOpen?.()
        this.#greet(writer, c.req.header('last-event-id') ?? c.req.query('after'), present)
      },
      onClose: () => on.onClose?.(),
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
    this.#characters = 0
  }

  /** How many listen. */
  get size(): number {
    return this.#readers.size
  }

  get #position(): string {
    return `${this.#life}-${this.#last}`
  }

  /** The older half. */
  #forget(): void {
    for (const { characters } of this.#kept.splice(0, Math.ceil(this.#kept.length / 2))) this.#characters -= characters
  }

  #greet(writer: EventWriter, lastSeen: string | undefined, present: () => PresentEvent[]): void {
    const missed = lastSeen === undefined ? undefined : this.#after(lastSeen)
    if (lastSeen !== undefined && missed === undefined) writer.send({ event: 'reset', id: this.#position, data: {} })
    const now = () => present().map(({ event, data }) => ({ ...named(event), id: this.#position, data }))
    for (const event of missed ?? now()) writer.send(event)
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

const named = (event: string | undefined) => (event === undefined ? {} : { event })

const newLife = (): string => uuidv4().slice(0, 8)
