/** Token counts of the Messages API: the input is told in three parts that add up. */
import * as z from 'zod'
import type { Usage } from '../../../shared/protocol/message.ts'
import { TokenCount } from '../token-count.ts'

export const WireUsage = z.object({
  input_tokens: TokenCount,
  cache_creation_input_tokens: TokenCount,
  cache_read_input_tokens: TokenCount,
  output_tokens: TokenCount,
  output_tokens_details: z.object({ thinking_tokens: TokenCount }).nullish(),
})
export type WireUsage = z.infer<typeof WireUsage>

export function totalUsage(usage: WireUsage): Usage {
  const cached = usage.cache_read_input_tokens
  const thinking = usage.output_tokens_details?.thinking_tokens
  return {
    input: (usage.input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0) + (cached ?? 0),
    output: usage.output_tokens ?? 0,
    ...(cached != null && { cached }),
    ...(thinking != null && { thinking }),
  }
}
