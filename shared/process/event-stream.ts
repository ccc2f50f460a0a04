/** The writing end of a `text/event-stream`: straight to the socket, bounded for a reader that does not keep up. */
import type { ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { NotReadyError } from '../protocol/errors.ts'
import { KEEP_ALIVE_MS } from './event-source.ts'

/** Most bytes that wait for a reader behind what its socket took while it had room; a single frame may have any size. */
const WAITING_BYTES = 256 * 1024
/** A reader with more than that unread that reads nothing for so long is disconnected, in milliseconds. */
const STALLED_MS = 10_000
/** How long a stream that is ended may still be read, in milliseconds. */
const LINGER_MS = 2_000

export type StreamedEvent = { readonly event?: string; readonly id?: string; readonly data: unknown }

/** An event as it is written: encoded once, however many readers it goes to. */
export function frameOf({ event, id, data }: StreamedEvent): string {
  const name = event === undefined ? '' : `event: ${event}\n`
  return `${name}${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

/** One connected reader. */
export class EventWriter {
  readonly #response: ServerResponse
  readonly #keepAlive: NodeJS.Timeout
  #linger: NodeJS.Timeout | undefined
  #drained: (() => void) | undefined
  /** Bytes written since the socket was full. */
  #waiting = 0
  /** Something was not taken: nothing is until the socket is empty, so that nothing overtakes it. */
  #isFull = false

  constructor(response: ServerResponse, { stalledMs, onClose }: { stalledMs: number; onClose: () => void }) {
    this.#response = response
    this.#keepAlive = setInterval(() => {
      if (this.hasRoom) response.write(':\n\n')
    }, KEEP_ALIVE_MS)
    response.on('drain', () => {
      this.#isFull = false
      const drained = this.#drained
      this.#drained = undefined
      drained?.()
    })
    response.setTimeout(stalledMs, () => {
      if (response.writableLength > WAITING_BYTES) response.destroy()
    })
    response.once('close', () => {
      clearInterval(this.#keepAlive)
      clearTimeout(this.#linger)
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

  /** Sends an event; see {@link sendFrames}. */
  send(event: StreamedEvent): boolean {
    return this.sendFrames(frameOf(event))
  }

  /** Sends data that is JSON text already, many events in one write; see {@link sendFrames}. */
  sendJson(jsons: readonly string[]): boolean {
    return this.sendFrames(jsons.map(json => `data: ${json}\n\n`).join(''))
  }

  /**
   * Sends events as {@link frameOf} makes them. A reader that {@link hasRoom} takes whatever it is given.
   * @returns false when the reader has so much unread that it was not taken: how things are is to be told anew {@link onDrain}
   */
  sendFrames(frames: string | Buffer): boolean {
    if (!this.#isOpen || this.#isFull) return false
    const behind = this.hasRoom ? 0 : this.#waiting + frames.length
    if (behind > WAITING_BYTES) {
      this.#isFull = true
      return false
    }
    this.#waiting = behind
    this.#response.write(frames)
    return true
  }

  /** Ends the stream. What is sent from now on is dropped. */
  close(): void {
    clearInterval(this.#keepAlive)
    this.#response.end()
    this.#linger ??= setTimeout(() => this.#response.destroy(), LINGER_MS)
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

export type ReaderParts = {
  /** May send what is so now. */
  readonly onOpen?: (writer: EventWriter) => void
  /** Runs when the reader is gone. */
  readonly onClose?: (writer: EventWriter) => void
  /** It is one of those that the stream is there for: no stranger takes its place. */
  readonly isOwner?: boolean
}

/** All readers of one stream. Where all places are taken, the one that deserves its place least leaves it to the next. */
export class EventReaders {
  /** Whether each is an owner; the one that came first stands first. */
  readonly #writers = new Map<EventWriter, boolean>()
  readonly #limit: number
  readonly #stalledMs: number

  constructor(limit: number, { stalledMs = STALLED_MS } = {}) {
    this.#limit = limit
    this.#stalledMs = stalledMs
  }

  /** Answers a request with an open stream. @throws {NotReadyError} when nobody leaves a place to it */
  open(c: Context, { onOpen, onClose, isOwner = false }: ReaderParts): Response {
    const { outgoing }: Partial<HttpBindings> = c.env ?? {}
    if (outgoing === undefined) throw new Error('an event stream needs a socket')
    if (outgoing.destroyed) return RESPONSE_ALREADY_SENT
    if (this.#writers.size >= this.#limit) this.#makeRoom(isOwner)
    const writer: EventWriter = new EventWriter(outgoing, {
      stalledMs: this.#stalledMs,
      onClose: () => {
        this.#writers.delete(writer)
        onClose?.(writer)
      },
    })
    this.#writers.set(writer, isOwner)
    onOpen?.(writer)
    return RESPONSE_ALREADY_SENT
  }

  get size(): number {
    return this.#writers.size
  }

  [Symbol.iterator](): Iterator<EventWriter> {
    return this.#writers.keys()
  }

  /** Strangers go before owners, in both those that do not read, then the one that has had its place for longest. */
  #makeRoom(forOwner: boolean): void {
    const mayGo = [...this.#writers].filter(([, isOwner]) => forOwner || !isOwner)
    const strangers = mayGo.filter(([, isOwner]) => !isOwner)
    const all = strangers.length > 0 ? strangers : mayGo
    const [found] = all.find(([writer]) => !writer.hasRoom) ?? all[0] ?? []
    if (found === undefined)
      throw new TooManyReadersError(
        `Cannot open another event stream: ${this.#limit} are open, which is the limit. Close a page first.`,
      )
    this.#writers.delete(found)
    found.close()
  }
}

class TooManyReadersError extends NotReadyError {}
