/** From the bytes of a `text/event-stream`, however they are split, to its events. */
import { createParser } from 'eventsource-parser'
import * as z from 'zod'
import type { StreamEvent } from './provider.ts'
import { readJson } from './read-json.ts'

/** Longest event that is waited for, in characters; a provider's pieces have a few hundred. */
const EVENT_CHARACTERS = 4 * 1024 * 1024
/** Most that is kept of lines that belong to no event, in characters. */
const STRAY_CHARACTERS = 64 * 1024

/** The stream holds an event of more than 4 MiB: it is not what it should be. */
export class OversizedEventError extends Error {}

/**
 * The events of the stream. Events without data are dropped, and an event that the end of the stream cuts off, as the
 * format demands. Servers that fail in the middle sometimes write their error without the frame of an event: Gemini as bare
 * JSON, llama.cpp as `error: {…}`. Such lines come last, as one event named `error`.
 * @throws {OversizedEventError} and whatever reading the bytes throws
 */
export async function* eventsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent, void> {
  const events: StreamEvent[] = []
  let oversized = false
  let stray = ''
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (data.trim() !== '') events.push({ event, data })
    },
    onError: ({ type, line }) => {
      oversized ||= type === 'max-buffer-size-exceeded'
      if (type === 'unknown-field' && stray.length < STRAY_CHARACTERS) stray += `${line}\n`
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
  parser.reset({ consume: true })
  const data = stray.replace(/^error:/, '').trim()
  if (readJson(z.union([z.looseObject({}), z.array(z.unknown())]), data) !== undefined) yield { event: 'error', data }
}
