/** The reading end of a `text/event-stream`: follows it for as long as the signal allows, connecting again when it breaks. */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { backoff } from './backoff.ts'
import type { HttpClient } from './http-client.ts'
import { Wake } from './wake.ts'

/** Streams carry a comment at least this often; one that is silent for three times as long is given up. */
export const KEEP_ALIVE_MS = 10_000

/** Most bytes between one event and the next, comments included: the largest event of ours with much room. */
const FRAME_BYTES = 16 * 1024 * 1024

/** The other side sends an event without an end, or nothing but comments. */
export class FrameTooLargeError extends Error {
  constructor() {
    super(`the event stream was broken off: more than ${FRAME_BYTES / 1024 / 1024} MiB came without an event`)
  }
}

/**
 * A connection that was open for so long was worth opening, in milliseconds: as long as the longest pause, so that nobody is
 * asked more often than that for ever.
 */
const STEADY_MS = 5_000

export type Following = {
  readonly client: Pick<HttpClient, 'stream'>
  /** Asked anew at each connection, since it carries the position to resume from. */
  readonly url: () => string
  /** Done before each opening; where it fails, the opening has. */
  readonly prepare?: (signal: AbortSignal) => Promise<void>
  readonly headers?: Record<string, string> | (() => Record<string, string>)
  readonly signal: AbortSignal
  readonly random: () => number
  /**
   * Called in the order of the stream; `data` is one event's data, `named` its name and id where the stream gives them.
   * @returns true for what was never said before, so that a stream that breaks off then is opened again without a pause
   */
  readonly onData: (data: string, named: Pick<EventSourceMessage, 'event' | 'id'>) => unknown
  readonly onClosed: (error: unknown) => void
  /** Called whenever the other side has begun to answer. */
  readonly onConnected?: () => void
  /** Called at each connection with a way to break it, so that it begins anew. */
  readonly onOpen?: (disconnect: (reason: Error) => void) => void
  /** Rung from outside to try again at once. */
  readonly wake?: Wake
}

/**
 * Resolves when the signal aborted. A connection that ends, fails or falls silent is opened again, with backoff that only
 * progress resets: a connection that stood for a while, or brought something new.
 */
export async function followEvents(following: Following): Promise<void> {
  const { signal, random, wake = new Wake() } = following
  let failures = 0
  while (!signal.aborted) {
    let opened = Number.POSITIVE_INFINITY
    try {
      await readOnce(following, {
        opened: () => {
          opened = performance.now()
        },
        progressed: () => {
          failures = 0
        },
      })
    } catch (error) {
      if (!signal.aborted) following.onClosed(error)
    }
    if (performance.now() - opened >= STEADY_MS) failures = 0
    if (!signal.aborted) await wake.sleep(signal, 20 + backoff(failures++, { random, baseMs: 100, ceilingMs: 5_000 }))
  }
}

async function readOnce(
  { client, url, prepare, headers, signal, onData, onClosed, onConnected, onOpen }: Following,
  on: { opened: () => void; progressed: () => void },
): Promise<void> {
  const silence = new AbortController()
  const expire = () => silence.abort(new Error('the event stream fell silent'))
  let timer = setTimeout(expire, KEEP_ALIVE_MS * 3)
  try {
    onOpen?.(reason => silence.abort(reason))
    let unfinished = 0
    const parser = createParser({
      onEvent: event => {
        unfinished = 0
        if (onData(event.data, event) === true) on.progressed()
      },
    })
    const decoder = new TextDecoder()
    const connection = AbortSignal.any([signal, silence.signal])
    await prepare?.(connection)
    const sent = typeof headers === 'function' ? headers() : headers
    const stream = await client.stream(url(), { signal: connection, ...(sent && { headers: sent }) })
    on.opened()
    onConnected?.()
    for await (const chunk of stream) {
      clearTimeout(timer)
      timer = setTimeout(expire, KEEP_ALIVE_MS * 3)
      unfinished += chunk.length
      parser.feed(decoder.decode(chunk, { stream: true }))
      if (unfinished > FRAME_BYTES) throw new FrameTooLargeError()
    }
    onClosed(new Error('the event stream ended'))
  } finally {
    clearTimeout(timer)
  }
}
