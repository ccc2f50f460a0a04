/** From the bytes of a `text/event-stream`, however they are split, to its events. */
import { setImmediate } from 'node:timers/promises'
import { createParser } from 'eventsource-parser'
import * as z from 'zod'
import { OversizedAnswerError } from './answer-bytes.ts'
import type { StreamEvent } from './provider.ts'
import { readJson } from './read-json.ts'

/** Longest event that is waited for, in characters; a provider's pieces have a few hundred. */
const EVENT_CHARACTERS = 4 * 1024 * 1024
/** Most that is kept of lines that belong to no event, in characters, and most of such lines. */
const STRAY_CHARACTERS = 64 * 1024
const STRAY_LINES = 1_000

const AnyJson = z.unknown()
const ErrorWithoutFrame = z.union([z.looseObject({}), z.array(z.unknown())])

/** Most events of one answer; the longest have a fifth of it. */
const MOST_EVENTS = 500_000
/**
 * So much is parsed at once, in characters: the parser looks through all of it for each line that ends with CR alone, and
 * notes each line that belongs to no event as an error.
 */
const SLICE_CHARACTERS = 4 * 1024
/** After so much, in characters, and after so many events others have their turn: a provider may send faster than it is read. */
const CHARACTERS_A_TURN = 32 * 1024
const EVENTS_A_TURN = 256

/** What came is no stream of events at all. */
export class ForeignStreamError extends Error {}

/**
 * The events of the stream. Events without data are dropped. Some servers end their stream without the blank line behind the
 * last event: it counts where it is whole; where the end of the stream cuts it off it comes last, with `isCut`, so that an
 * answer is not taken for whole. Servers that fail in the middle sometimes write their error without the frame of an event:
 * Gemini as bare JSON, llama.cpp as `error: {…}`. Such lines come last, as one event named `error`.
 * @throws {OversizedAnswerError}, {@link ForeignStreamError}, and whatever reading the bytes throws
 */
export async function* eventsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent, void> {
  const events: StreamEvent[] = []
  let oversized = false
  let isForeign = true
  let isOver = false
  let stray = ''
  let strayLines = 0
  let count = 0
  const parser = createParser({
    onEvent: ({ event, data }) => {
      isForeign = false
      if (data.trim() !== '' || isOver) events.push({ event, data })
    },
    onComment: () => {
      isForeign = false
    },
    onError: ({ type, line }) => {
      oversized ||= type === 'max-buffer-size-exceeded'
      strayLines++
      if (type === 'unknown-field' && stray.length < STRAY_CHARACTERS) stray += `${line?.slice(0, STRAY_CHARACTERS)}\n`
    },
    maxBufferSize: EVENT_CHARACTERS,
  })
  const decoder = new TextDecoder()
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true })
    if (text.length > CHARACTERS_A_TURN) await setImmediate()
    for (let at = 0; at < text.length && !oversized && strayLines <= STRAY_LINES; at += SLICE_CHARACTERS)
      parser.feed(text.slice(at, at + SLICE_CHARACTERS))
    // Delegating to an array would cost three turns of the microtask queue an event.
    for (const event of events.splice(0)) {
      if (++count > MOST_EVENTS) throw new OversizedAnswerError(`it has more than ${MOST_EVENTS} events`)
      if (count % EVENTS_A_TURN === 0) await setImmediate()
      yield event
    }
    if (oversized) throw new OversizedAnswerError(`an event has more than ${EVENT_CHARACTERS} characters`)
    if (strayLines > STRAY_LINES) throw new ForeignStreamError('what came is no stream of events')
  }
  isOver = true
  const before = stray.trimEnd().length
  parser.feed(`${decoder.decode()}\n\n`)
  for (const event of events.splice(0)) yield isWhole(event) ? event : { ...event, isCut: true }
  const data = stray.replace(/^error:/, '').trim()
  if (readJson(ErrorWithoutFrame, data) !== undefined) yield { event: 'error', data }
  else if (isForeign && data !== '' && !isBeginOfField(data))
    throw new ForeignStreamError('what came is no stream of events')
  else if (stray.trimEnd().length > before) yield { data: stray.slice(before), isCut: true }
}

/** Also where a character, such as a byte order mark, is cut off. */
const isBeginOfField = (text: string): boolean =>
  ['data', 'event', 'retry', 'id'].some(name => name.startsWith(text.replace(/\uFFFD$/, '')))

/** Of the four APIs, whose events are JSON but for the last one of OpenAI and Mistral. */
const isWhole = ({ data }: StreamEvent): boolean => data.trim() === '[DONE]' || readJson(AnyJson, data) !== undefined
