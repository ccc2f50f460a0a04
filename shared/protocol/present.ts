/** What a page begins with: how things are now, told as events, and the place in the stream that goes on from there. */
import * as z from 'zod'

/** As on the stream; `event` is missing where the stream names none. */
export const PresentEvent = z.object({ event: z.string().optional(), data: z.unknown() })
export type PresentEvent = z.infer<typeof PresentEvent>

/** Ids of events are a word and a number, such as `5f1c62d4-17`: the number grows by one, and another word means another count. */
export const Present = z.object({
  last: z.string().describe('the id of the newest event: GET /api/events?after=… goes on behind it'),
  events: z.array(PresentEvent),
})
export type Present = z.infer<typeof Present>

export const EventsQuery = z.object({
  after: z.string().max(100).optional().describe('as Last-Event-ID, for a stream that is opened for the first time'),
})
