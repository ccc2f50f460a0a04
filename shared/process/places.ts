/**
 * Who is served by a server that has no room for all: whoever asks, before those who only hold a connection. Idle ones leave
 * first, then those whose request is still on its way; and answers that nobody reads may fill only so much memory.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { NotReadyError } from '../protocol/errors.ts'

/** Most bytes of answers that wait for their readers: those of all connections together, in front of a further request. */
const UNREAD_BYTES = 48 * 1024 * 1024
/** An answer has this long to be read before it gives way to a further request, in milliseconds. */
const PATIENCE_MS = 1_000
/** Most bytes that a stream may leave unread for a while. */
const STREAM_BYTES = 256 * 1024

type Call = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly at: number }

class UnreadError extends NotReadyError {}

export class Places {
  readonly #limit: number
  readonly #now: () => number
  /** Connections without a call, the one that has been so for longest first. */
  readonly #idle = new Set<Socket>()
  readonly #calls = new Map<Socket, Set<Call>>()
  #counted = { at: Number.NEGATIVE_INFINITY, bytes: 0 }

  /** @param now milliseconds that only grow */
  constructor(limit: number, now = () => performance.now()) {
    this.#limit = limit
    this.#now = now
  }

  /** A connection was made. Beyond the limit one that deserves its place less is closed, else the new one. */
  connected(socket: Socket): void {
    this.#idle.add(socket)
    socket.once('close', () => {
      this.#idle.delete(socket)
      this.#calls.delete(socket)
    })
    if (this.#idle.size + this.#calls.size > this.#limit) this.#leastDeserving(socket).destroy()
  }

  /** A request came. @returns why it cannot be answered now */
  asked(request: IncomingMessage, response: ServerResponse): UnreadError | undefined {
    const { socket } = request
    const calls = this.#calls.get(socket) ?? new Set()
    const call = { request, response, at: this.#now() }
    this.#calls.set(socket, calls.add(call))
    this.#idle.delete(socket)
    response.once('close', () => {
      calls.delete(call)
      if (calls.size > 0 || this.#calls.get(socket) !== calls) return
      this.#calls.delete(socket)
      if (!socket.destroyed) this.#idle.add(socket)
    })
    const unread = this.#unread()
    if (unread <= UNREAD_BYTES || this.#closeUnread(unread) <= UNREAD_BYTES) return undefined
    return new UnreadError('Cannot answer yet: too much of what others asked for waits to be read.')
  }

  /** Nothing went over a connection for a while: it is closed, unless a call is being answered that is read. */
  fellSilent(socket: Socket): void {
    const calls = [...(this.#calls.get(socket) ?? [])]
    const unread = calls.reduce((sum, { response }) => sum + response.writableLength, 0)
    const isDone = calls.every(({ response }) => response.writableEnded)
    if (calls.length === 0 || unread > STREAM_BYTES || (unread > 0 && isDone)) socket.destroy()
  }

  #leastDeserving(newest: Socket): Socket {
    const [idle = newest] = this.#idle
    if (idle !== newest) return idle
    for (const [socket, calls] of this.#calls) if ([...calls].every(({ request }) => !request.complete)) return socket
    return newest
  }

  /** Where thousands listen it is not counted anew for each request. */
  #unread(): number {
    if (this.#now() - this.#counted.at < this.#calls.size / 100) return this.#counted.bytes
    let bytes = 0
    for (const calls of this.#calls.values()) for (const { response } of calls) bytes += response.writableLength
    this.#counted = { at: this.#now(), bytes }
    return bytes
  }

  /** Closes the largest of those that had time to be read. @returns how much is left */
  #closeUnread(unreadBefore: number): number {
    const late = [...this.#calls]
      .flatMap(([socket, calls]) =>
        [...calls].map(({ response, at }) => ({ socket, at, unread: response.writableLength })),
      )
      .filter(({ at, unread }) => unread > 0 && this.#now() - at > PATIENCE_MS)
      .sort((a, b) => b.unread - a.unread)
    let left = unreadBefore
    for (const { socket, unread } of late) {
      if (left <= UNREAD_BYTES) break
      socket.destroy()
      left -= unread
    }
    this.#counted.bytes = left
    return left
  }
}
