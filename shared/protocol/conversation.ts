/** A conversation as it is handed to an AI: what was said so far, in the overlay's own words. */
import * as z from 'zod'

export const Turn = z.object({ role: z.enum(['user', 'assistant']), text: z.string() })
export type Turn = z.infer<typeof Turn>

/** `system` is the text of the personality; `turns` are what was said before the question, oldest first. */
export const Context = z.object({
  system: z.string().optional(),
  personality: z.string().optional().describe('its name'),
  turns: z.array(Turn).max(1000),
  leftOut: z.int().nonnegative().optional().describe('how many earlier turns that did not fit into the budget'),
  tokens: z.int().nonnegative().optional().describe('estimated size of the system text and the turns'),
})
export type Context = z.infer<typeof Context>
