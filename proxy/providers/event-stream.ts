/** From the bytes of a `text/event-stream`, however they are split, to its events. */
import { createParser } from 'eventsource-parser'
import type { StreamEvent } from './provider.ts'

/** Longest event that is waited for, in characters; a provider's pieces have a few hundred. */
const EVENT_CHARACTERS = 4 * 1024 * 1024

/** The stream holds an event of more than 4 MiB: it is not what it should be. */
export class OversizedEventError extends Error {}

/**
 * The events of the stream. An event that the end of the stream cuts off is dropped, as the format demands.
 * @throws {OversizedEventError} and whatever reading the bytes throws
 */
export async function* eventsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent, void> {
  const events: StreamEvent[] = []
  let oversized = false
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ event, data }),
    onError: ({ type }) => {
      oversized ||= type === 'max-buffer-size-exceeded'
    },
    maxBufferSize: EVENT_CHARACTERS,
  })
  const decoder = new TextDecoder()
  for await (const chunk of bytes) {
    parser.feed(decoder.decode(chunk, { stream: true }))
    // Delegating to an array would cost three turns of the microtask queue an event.
    for (const event of events.splice(0)) yield event
    if (oversized) throw new OversizedEventError(`an event has more than ${EVENT_CHARACTERS} characters`)
  }
}
