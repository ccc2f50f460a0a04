/** A conversation as it is handed to an AI: what was said so far, in the overlay's own words. */
import * as z from 'zod'
import { Count, text } from './bounds.ts'

/** A text of a conversation, as long as what the body of a call holds. */
const Said = text(4 * 1024 * 1024)

export const Turn = z.object({ role: z.enum(['user', 'assistant']), text: Said })
export type Turn = z.infer<typeof Turn>

/** `system` is the text of the personality; `turns` are what was said before the question, oldest first. */
export const Context = z.object({
  system: Said.optional(),
  personality: text(32).optional().describe('its name'),
  turns: z.array(Turn).max(1000),
  leftOut: Count.optional().describe('how many earlier turns that did not fit into the budget'),
  tokens: Count.optional().describe('estimated size of the system text and the turns'),
})
export type Context = z.infer<typeof Context>
