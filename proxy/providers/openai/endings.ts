/** Why OpenAI and the servers that speak its format end an answer, in the words all providers share. */
import { own } from '../../../shared/protocol/names.ts'
import type { ToldEnding } from '../answer-state.ts'

const INTERRUPTED: ToldEnding = { ending: 'interrupted', detail: 'The server stopped the answer before it was whole.' }

/**
 * OpenAI's own are `stop`, `length`, `content_filter`, `tool_calls` and `function_call`; the others are those of vLLM
 * (`abort`, `repetition`), text-generation-inference, DeepSeek and Zhipu.
 */
const BY_REASON: Readonly<Record<string, ToldEnding>> = {
  stop: { ending: 'stop' },
  eos: { ending: 'stop' },
  eos_token: { ending: 'stop' },
  stop_sequence: { ending: 'stop' },
  length: { ending: 'length' },
  max_tokens: { ending: 'length' },
  model_length: { ending: 'length' },
  content_filter: { ending: 'filtered' },
  sensitive: { ending: 'filtered' },
  tool_calls: { ending: 'stop', detail: 'The model wanted to call a tool, and there is none.' },
  function_call: { ending: 'stop', detail: 'The model wanted to call a tool, and there is none.' },
  abort: INTERRUPTED,
  network_error: INTERRUPTED,
  insufficient_system_resource: INTERRUPTED,
}

/** A reason that is not in the table ends the answer, and is told by its name. */
export const toEnding = (reason: string): ToldEnding =>
  own(BY_REASON, reason) ?? { ending: 'stop', detail: `The provider ended the answer with the reason "${reason}".` }
