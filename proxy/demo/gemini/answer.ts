/** Answers as Gemini writes them: every piece a whole response, the last one with the finish reason. */
import type { FinishReason, UsageMetadata } from '@google/generative-ai'
import type { Asked, Frame, Script } from '../wire.ts'

type Part = { readonly text: string; readonly thought?: boolean }

const FINISH = { stop: 'STOP', length: 'MAX_TOKENS', filtered: 'SAFETY' } as const satisfies Record<
  string,
  `${FinishReason}`
>

export function* frames(asked: Asked, script: Script): Generator<Frame> {
  if (script.ending === 'refused') return yield { data: blocked(asked, script) }
  const thoughts: Part[] = script.thoughts.map(text => ({ text, thought: true }))
  const parts: Part[] = [...thoughts, ...script.pieces.map(text => ({ text }))]
  for (const [index, part] of parts.entries()) {
    const written = { thoughts: Math.min(index + 1, thoughts.length), pieces: Math.max(0, index + 1 - thoughts.length) }
    yield {
      data: { ...header(asked, script), candidates: [candidate([part])], usageMetadata: usageOf(script, written) },
      paced: true,
    }
  }
  yield { data: { ...whole(asked, script), candidates: [candidate([], FINISH[script.ending])] } }
}

export function whole(asked: Asked, script: Script): object {
  if (script.ending === 'refused') return blocked(asked, script)
  const thoughts: Part[] = script.thoughts.length > 0 ? [{ text: script.thoughts.join(''), thought: true }] : []
  const texts: Part[] = script.pieces.length > 0 ? [{ text: script.pieces.join('') }] : []
  return {
    candidates: [candidate([...thoughts, ...texts], FINISH[script.ending])],
    usageMetadata: usageOf(script, { thoughts: script.thoughts.length, pieces: script.pieces.length }),
    ...header(asked, script),
  }
}

/** A candidate without text has no `parts` at all. */
function candidate(parts: readonly Part[], finishReason?: `${FinishReason}`): object {
  const content = parts.length > 0 ? { parts, role: 'model' } : { role: 'model' }
  return { content, index: 0, ...(finishReason !== undefined && { finishReason }) }
}

function blocked(asked: Asked, script: Script): object {
  const { promptTokenCount } = usageOf(script, { thoughts: 0, pieces: 0 })
  const usageMetadata = { promptTokenCount, totalTokenCount: promptTokenCount }
  return { promptFeedback: { blockReason: 'SAFETY', safetyRatings: [] }, usageMetadata, ...header(asked, script) }
}

const header = ({ model }: Asked, { id }: Script) => ({ modelVersion: model, responseId: id })

function usageOf(
  { inputTokens }: Script,
  written: { thoughts: number; pieces: number },
): UsageMetadata & { thoughtsTokenCount?: number } {
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: written.pieces,
    totalTokenCount: inputTokens + written.pieces + written.thoughts,
    ...(written.thoughts > 0 && { thoughtsTokenCount: written.thoughts }),
  }
}
