/** The writing end of a `text/event-stream`: straight to the socket, bounded for a reader that does not keep up. */
import type { ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { NotReadyError } from '../protocol/errors.ts'
import { KEEP_ALIVE_MS } from './event-source.ts'

/** A reader with more than this unread in memory is disconnected; it resumes where it stopped. */
const UNREAD_BYTES = 4 * 1024 * 1024

export type StreamedEvent = { readonly event?: string; readonly id?: string; readonly data: unknown }

/** One connected reader. */
export class EventWriter {
  readonly #response: ServerResponse
  readonly #keepAlive: NodeJS.Timeout
  #drained: (() => void) | undefined

  constructor(response: ServerResponse, onClose: () => void) {
    this.#response = response
    this.#keepAlive = setInterval(() => this.#write(':\n\n'), KEEP_ALIVE_MS)
    response.on('drain', () => {
      const drained = this.#drained
      this.#drained = undefined
      drained?.()
    })
    response.once('close', () => {
      clearInterval(this.#keepAlive)
      onClose()
    })
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no',
    })
    response.write(':\n\n')
  }

  send(event: StreamedEvent): void {
    const name = event.event === undefined ? '' : `event: ${event.event}\n`
    const id = event.id === undefined ? '' : `id: ${event.id}\n`
    this.#write(`${name}${id}data: ${JSON.stringify(event.data)}\n\n`)
  }

  /** Sends data that is JSON text already, many events in one write. */
  sendJson(jsons: readonly string[]): void {
    this.#write(jsons.map(json => `data: ${json}\n\n`).join(''))
  }

  #write(frame: string): void {
    if (!this.#isOpen) return
    this.#response.write(frame)
    if (this.#response.writableLength > UNREAD_BYTES) this.#response.destroy()
  }

  /** Ends the stream. What is sent from now on is dropped. */
  close(): void {
    clearInterval(this.#keepAlive)
    this.#response.end()
  }

  /** True while the socket takes more; a reader of stored events waits for {@link onDrain} in between. */
  get hasRoom(): boolean {
    return this.#isOpen && !this.#response.writableNeedDrain
  }

  /** Calls back once, when the socket takes more again. One listener waits at a time: a later one takes its place. */
  onDrain(listener: () => void): void {
    this.#drained = listener
  }

  get #isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed
  }
}

/** All readers of one stream. */
export class EventReaders {
  readonly #writers = new Set<EventWriter>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Answers a request with an open stream. `onOpen` may send what is so now; `onClose` runs when the reader is gone. */
  open(c: Context, on: { onOpen?: (writer: EventWriter) => void; onClose?: (writer: EventWriter) => void }): Response {
    if (this.#writers.size >= this.#limit)
      throw new TooManyReadersError(
        `Cannot open another event stream: ${this.#limit} are open, which is the limit. Close a page first.`,
      )
    const { outgoing }: Partial<HttpBindings> = c.env ?? {}
    if (outgoing === undefined) throw new Error('an event stream needs a socket')
    if (outgoing.destroyed) return RESPONSE_ALREADY_SENT
    const writer: EventWriter = new EventWriter(outgoing, () => {
      this.#writers.delete(writer)
      on.onClose?.(writer)
    })
    this.#writers.add(writer)
    on.onOpen?.(writer)
    return RESPONSE_ALREADY_SENT
  }

  get size(): number {
    return this.#writers.size
  }

  sendAll(event: StreamedEvent): void {
    for (const writer of this.#writers) writer.send(event)
  }

  [Symbol.iterator](): Iterator<EventWriter> {
    return this.#writers.values()
  }
}

class TooManyReadersError extends NotReadyError {}
