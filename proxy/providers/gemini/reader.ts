/** From the pieces of `streamGenerateContent` to neutral events. Each piece is a whole response; nothing marks the last. */
import * as z from 'zod'
import type { Usage } from '../../../shared/protocol/message.ts'
import type { ToldEnding } from '../answer-state.ts'
import { AnswerState } from '../answer-state.ts'
import type { AnswerReader, ReaderEvent, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { TokenCount } from '../token-count.ts'
import { unshownOf } from '../unshown.ts'
import { toBlockedEnding, toEnding } from './endings.ts'
import { toStreamFailure, unreadable } from './failure.ts'

const WireUsage = z.object({
  promptTokenCount: TokenCount,
  toolUsePromptTokenCount: TokenCount,
  candidatesTokenCount: TokenCount,
  thoughtsTokenCount: TokenCount,
  cachedContentTokenCount: TokenCount,
})
type WireUsage = z.infer<typeof WireUsage>
const Blob = z.object({ mimeType: z.string().nullish() }).nullish().catch({})
const Part = z.object({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  inlineData: Blob,
  fileData: Blob,
  functionCall: z.unknown().optional(),
  executableCode: z.unknown().optional(),
  codeExecutionResult: z.unknown().optional(),
})
type Part = z.infer<typeof Part>
const Some = z.array(z.unknown()).nullish()
const Candidate = z.object({
  content: z.object({ parts: z.array(Part).nullish() }).nullish(),
  finishReason: z.string().nullish(),
  citationMetadata: z.object({ citationSources: Some, citations: Some }).nullish().catch(undefined),
  groundingMetadata: z.object({ groundingChunks: Some }).nullish().catch(undefined),
})
type Candidate = z.infer<typeof Candidate>
const Piece = z.object({
  candidates: z.array(Candidate).nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: WireUsage.nullish().catch(undefined),
  error: z.unknown().optional(),
})

/** The end is told when the stream ended, since pieces with counts may follow the one with the finish reason. */
export class GeminiReader implements AnswerReader {
  readonly #state = new AnswerState()
  #usage: WireUsage = {}

  read({ data }: StreamEvent): ReaderEvent[] {
    if (this.#state.closed) return []
    const piece = readJson(Piece, data)
    if (piece === undefined) return this.#state.fail(unreadable(data))
    if (piece.usageMetadata) this.#count(piece.usageMetadata)
    if (piece.promptFeedback?.blockReason) this.#endsWith(toBlockedEnding(piece.promptFeedback.blockReason))
    const candidate = piece.candidates?.[0]
    if (candidate?.finishReason) this.#endsWith(toEnding(candidate.finishReason))
    if (candidate && hasSources(candidate)) this.#state.unshown('sources')
    const answer = (candidate?.content?.parts ?? []).flatMap(part => this.#part(part))
    return piece.error ? [...answer, ...this.#state.fail(toStreamFailure(data))] : answer
  }

  finish(): ReaderEvent[] {
    return this.#state.close()
  }

  #part({ text, thought, ...others }: Part): ReaderEvent[] {
    if (thought) return this.#state.thinking(text)
    const { inlineData, fileData, functionCall, executableCode, codeExecutionResult } = others
    const data = inlineData ?? fileData
    if (data) this.#state.unshown(unshownOf(data.mimeType))
    if (functionCall) this.#state.unshown('tool')
    if (executableCode || codeExecutionResult) this.#state.unshown('code')
    return this.#state.text(text)
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

const hasSources = ({ citationMetadata, groundingMetadata }: Candidate): boolean =>
  [citationMetadata?.citationSources, citationMetadata?.citations, groundingMetadata?.groundingChunks].some(
    sources => (sources?.length ?? 0) > 0,
  )

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
