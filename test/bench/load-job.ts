/** What the process that makes a load is asked for, and what it reports. */
import * as z from 'zod'

export const LoadJob = z.object({
  post: z.url().describe('where a message is POSTed'),
  events: z.url().describe('where its event is shown'),
  count: z.int().positive(),
  senders: z.int().positive().describe('connections, each with one request in flight'),
  perSecond: z
    .number()
    .positive()
    .nullable()
    .describe('messages begun a second whatever became of the others; null: as many as the senders can'),
  text: z.string(),
})
export type LoadJob = z.infer<typeof LoadJob>

/** Times in milliseconds; those of a message count from the moment at which it was meant to be sent. */
export const LoadResult = z.object({
  ms: z.number().describe('from the first POST until the event of the last message'),
  toAccept: z.array(z.number()),
  toShow: z.array(z.number()),
})
export type LoadResult = z.infer<typeof LoadResult>
