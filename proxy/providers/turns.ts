/** Conversation rules that several APIs share. */
import type { Turn } from '../../shared/protocol/conversation.ts'

/** The turns without blank ones, which some APIs refuse. The last turn is the question and always stays. */
export function speakingTurns(turns: readonly Turn[]): Turn[] {
  return turns.filter((turn, index) => index === turns.length - 1 || turn.text.trim() !== '')
}

/** User and assistant in turn, the user first: what comes before the first user turn is dropped, neighbours of one role merge. */
export function alternatingTurns(turns: readonly Turn[]): Turn[] {
  const speaking = speakingTurns(turns)
  const merged: Turn[] = []
  for (const turn of speaking.slice(
    Math.max(
      0,
      speaking.findIndex(({ role }) => role === 'user'),
    ),
  )) {
    const previous = merged.at(-1)
    if (previous?.role === turn.role)
      merged[merged.length - 1] = { role: turn.role, text: `${previous.text}\n\n${turn.text}` }
    else merged.push(turn)
  }
  return merged
}
