/** Conversation rules that several APIs share. */
import type { Turn } from '../../shared/protocol/conversation.ts'
import { withoutThinking } from './think-tags.ts'
import { wellFormed } from './well-formed.ts'

/** The system text, where there is one. */
export function systemOf({ system }: { readonly system?: string }): string | undefined {
  return system === undefined || system.trim() === '' ? undefined : wellFormed(system)
}

/**
 * The turns without blank ones, which some APIs refuse, without halves of characters, and without what a model thought
 * before it answered. The last turn is the question and always stays.
 */
export function speakingTurns(turns: readonly Turn[]): Turn[] {
  return turns
    .map(({ role, text }) => ({ role, text: wellFormed(role === 'assistant' ? withoutThinking(text) : text) }))
    .filter(({ text }, index) => index === turns.length - 1 || text.trim() !== '')
}

/** User and assistant in turn, the user first: what comes before the first user turn is dropped, neighbours of one role merge. */
export function alternatingTurns(turns: readonly Turn[]): Turn[] {
  const first = turns.findIndex(({ role, text }) => role === 'user' && text.trim() !== '')
  return mergedTurns(turns.slice(Math.max(0, first)))
}

/** Neighbours of one role merge. */
export function mergedTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = []
  for (const turn of speakingTurns(turns)) {
    const previous = merged.at(-1)
    if (previous?.role === turn.role)
      merged[merged.length - 1] = { role: turn.role, text: `${previous.text}\n\n${turn.text}` }
    else merged.push(turn)
  }
  return merged
}
