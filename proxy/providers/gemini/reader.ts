/** From the pieces of `streamGenerateContent` to neutral events. Each piece is a whole response; nothing marks the last. */
import * as z from 'zod'
import type { Usage } from '../../../shared/protocol/message.ts'
import type { ToldEnding } from '../answer-state.ts'
import { AnswerState } from '../answer-state.ts'
import type { AnswerEvent, AnswerReader, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { toBlockedEnding, toEnding } from './endings.ts'
import { GeminiError, toStreamFailure } from './failure.ts'

const Count = z.int().nonnegative().nullish()
const WireUsage = z.object({
  promptTokenCount: Count,
  toolUsePromptTokenCount: Count,
  candidatesTokenCount: Count,
  thoughtsTokenCount: Count,
  cachedContentTokenCount: Count,
})
type WireUsage = z.infer<typeof WireUsage>
const Part = z.object({ text: z.string().nullish(), thought: z.boolean().nullish() })
const Piece = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(Part).nullish() }).nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: WireUsage.nullish().catch(undefined),
  error: GeminiError.nullish(),
})

/** The end is told when the stream ended, since pieces with counts may follow the one with the finish reason. */
export class GeminiReader implements AnswerReader {
  readonly #state = new AnswerState()
  #usage: WireUsage = {}

  read({ data }: StreamEvent): AnswerEvent[] {
    if (this.#state.closed) return []
    const piece = readJson(Piece, data)
    if (piece === undefined) return this.#state.fail('broken_answer')
    if (piece.error) return this.#state.fail(...toStreamFailure(piece.error))
    if (piece.usageMetadata) this.#count(piece.usageMetadata)
    if (piece.promptFeedback?.blockReason) this.#endsWith(toBlockedEnding(piece.promptFeedback.blockReason))
    const candidate = piece.candidates?.[0]
    if (candidate?.finishReason) this.#endsWith(toEnding(candidate.finishReason))
    return (candidate?.content?.parts ?? []).flatMap(({ text, thought }) =>
      thought ? this.#state.thinking(text) : this.#state.text(text),
    )
  }

  finish(): AnswerEvent[] {
    return this.#state.close()
  }

  /** A piece that leaves a count open, as the last one of a stopped answer does, does not take back an earlier one. */
  #count(usage: WireUsage): void {
    for (const [name, count] of Object.entries(usage))
      if (count != null) this.#usage = { ...this.#usage, [name]: count }
    this.#state.count(toUsage(this.#usage))
  }

  #endsWith({ ending, detail }: ToldEnding): void {
    this.#state.endsWith(ending, detail)
  }
}

/** `candidatesTokenCount` does not include the thoughts; ours does. */
function toUsage(usage: WireUsage): Usage {
  const thinking = usage.thoughtsTokenCount
  const cached = usage.cachedContentTokenCount
  return {
    input: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
    output: (usage.candidatesTokenCount ?? 0) + (thinking ?? 0),
    ...(cached != null && { cached }),
    ...(thinking != null && { thinking }),
  }
}
