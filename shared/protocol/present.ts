/** What a page begins with: how things are now, told as events, and the place in the stream that goes on from there. */
import * as z from 'zod'
import { json, MOST_NAMES, text } from './bounds.ts'

/** How deep the data of an event is nested, its metadata included, at most. */
const EVENT_LEVELS = 24

/** As on the stream; `event` is missing where the stream names none. */
export const PresentEvent = z.object({ event: text(64).optional(), data: json(EVENT_LEVELS) })
export type PresentEvent = z.infer<typeof PresentEvent>

/** Ids of events are a word and a number, such as `5f1c62d4-17`: the number grows by one, and another word means another count. */
export const Present = z.object({
  last: text(100).describe('the id of the newest event: GET /api/events?after=… goes on behind it'),
  events: z.array(PresentEvent).max(MOST_NAMES * 2),
})
export type Present = z.infer<typeof Present>

export const EventsQuery = z.object({
  after: text(100).optional().describe('as Last-Event-ID, for a stream that is opened for the first time'),
})
