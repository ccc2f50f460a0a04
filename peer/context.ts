/** The conversation that goes along with a question to an AI: the last turns, within bounds. */
import type { Context, Turn } from '../shared/protocol/conversation.ts'
import type { StoredMessage } from './stored-message.ts'

export type ContextLimits = { readonly turns: number; readonly tokens: number; readonly charactersPerToken: number }

/**
 * @param newestFirst messages before the question
 * @param parts.own the role of this peer's own messages: `user` when its person asks, `assistant` when it answers others
 */
export function contextOf(
  newestFirst: readonly StoredMessage[],
  parts: { own: Turn['role']; limits: ContextLimits; system?: string | undefined },
): Context {
  const { own, limits, system } = parts
  const other = own === 'user' ? 'assistant' : 'user'
  let tokens = 0
  const turns: Turn[] = []
  for (const row of newestFirst) {
    if (row.type !== 'chat' || row.message === '' || row.state === 'failed' || row.state === 'cancelled') continue
    tokens += row.message.length / limits.charactersPerToken
    if (turns.length >= limits.turns || tokens > limits.tokens) break
    turns.unshift({ role: row.outgoing ? own : other, text: row.message })
  }
  return system === undefined ? { turns } : { system, turns }
}
