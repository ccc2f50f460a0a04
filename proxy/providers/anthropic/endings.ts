/** Why Anthropic ends an answer, in the words all providers share. Source: `stop_reason` of the Messages API. */
import { own } from '../../../shared/protocol/names.ts'
import type { ToldEnding } from '../answer-state.ts'

const TOOL: ToldEnding = { ending: 'stop', detail: 'The model wanted to use a tool, and there is none.' }

const BY_REASON: Readonly<Record<string, ToldEnding>> = {
  end_turn: { ending: 'stop' },
  stop_sequence: { ending: 'stop' },
  max_tokens: { ending: 'length' },
  model_context_window_exceeded: {
    ending: 'length',
    detail: "The answer reached the end of the model's context window. Send /reset to go on.",
  },
  refusal: { ending: 'refused' },
  tool_use: TOOL,
  pause_turn: TOOL,
}

/** A reason that is newer than the table ends the answer, and is told by its name. */
export function toEnding(reason: string, explanation?: string | null): ToldEnding {
  if (reason === 'refusal' && explanation)
    return { ending: 'refused', detail: `The model refused to answer: ${explanation}` }
  return own(BY_REASON, reason) ?? { ending: 'stop', detail: `Anthropic ended the answer with the reason "${reason}".` }
}
