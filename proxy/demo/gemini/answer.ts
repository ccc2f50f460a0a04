/** Answers as Gemini writes them: every piece a whole response, the last one with the finish reason. */
import type { FinishReason, UsageMetadata } from '@google/generative-ai'
import type { Asked, Frame, Script } from '../wire.ts'

type Part = { readonly text: string; readonly thought?: boolean }

type Whole = { readonly usageMetadata: object; readonly [field: string]: unknown }

const FINISH = { stop: 'STOP', length: 'MAX_TOKENS', filtered: 'SAFETY' } as const satisfies Record<
  string,
  `${FinishReason}`
>

export function* frames(asked: Asked, script: Script): Generator<Frame> {
  if (script.ending === 'refused') return yield { data: blocked(asked, script) }
  if (script.shape.oddities) yield { data: { ...header(asked, script), candidates: [] } }
  const thoughts: Part[] = script.thoughts.map(text => ({ text, thought: true }))
  const parts: Part[] = [...thoughts, ...script.pieces.map(text => ({ text }))]
  for (const [index, part] of parts.entries()) {
    const written = { thoughts: Math.min(index + 1, thoughts.length), pieces: Math.max(0, index + 1 - thoughts.length) }
    yield {
      data: {
        ...header(asked, script),
        candidates: [candidate(script.shape.oddities ? inTwo(part) : [part])],
        usageMetadata: usageOf(script, written),
      },
      paced: true,
    }
  }
  if (script.shape.noFinish) return
  const { usageMetadata, ...last } = whole(asked, script)
  const candidates = [candidate([], script.endingWord ?? FINISH[script.ending])]
  yield { data: { ...last, candidates, ...(!script.shape.noUsage && { usageMetadata }) } }
}

export function whole(asked: Asked, script: Script): Whole {
  if (script.ending === 'refused') return blocked(asked, script)
  const thoughts: Part[] = script.thoughts.length > 0 ? [{ text: script.thoughts.join(''), thought: true }] : []
  const texts: Part[] = script.pieces.length > 0 ? [{ text: script.pieces.join('') }] : []
  return {
    candidates: [candidate([...thoughts, ...texts], FINISH[script.ending])],
    usageMetadata: usageOf(script, { thoughts: script.thoughts.length, pieces: script.pieces.length }),
    ...header(asked, script),
  }
}

/** A piece may hold several parts, which belong together. */
function inTwo(part: Part): Part[] {
  const middle = Math.ceil(part.text.length / 2)
  return [part.text.slice(0, middle), part.text.slice(middle)].map(text => ({ ...part, text }))
}

/** A candidate without text has no `parts` at all. */
function candidate(parts: readonly Part[], finishReason?: string): object {
  const content = parts.length > 0 ? { parts, role: 'model' } : { role: 'model' }
  return { content, index: 0, ...(finishReason !== undefined && { finishReason }) }
}

function blocked(asked: Asked, script: Script): Whole {
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
