/** From the pieces of `chat.completion.chunk` to neutral events. Source: the streaming reference of Chat Completions. */
import * as z from 'zod'
import type { Ending, Usage } from '../../../shared/protocol/message.ts'
import { AnswerState } from '../answer-state.ts'
import type { AnswerEvent, AnswerReader, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { OpenAiError, toStreamFailure } from './failure.ts'

const Count = z.int().nonnegative()
const WireUsage = z.object({
  prompt_tokens: Count,
  completion_tokens: Count,
  prompt_tokens_details: z.object({ cached_tokens: Count.nullish() }).nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: Count.nullish() }).nullish(),
})

/** `reasoning_content` and `reasoning` are what compatible servers call thinking. */
const Delta = z.object({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
})
const Piece = z.object({
  choices: z.array(z.object({ delta: Delta.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: WireUsage.nullish(),
  error: OpenAiError.nullish(),
})

/** The end is told at `[DONE]`, since the usage follows the piece with the finish reason. */
export class OpenAiReader implements AnswerReader {
  readonly #state = new AnswerState()
  #refused = false

  read({ data }: StreamEvent): AnswerEvent[] {
    if (this.#state.closed) return []
    if (data.startsWith('[DONE]')) {
      this.#endsWith('stop')
      return this.#state.close()
    }
    const piece = readJson(Piece, data)
    if (piece === undefined) return this.#state.fail('broken_answer')
    if (piece.error) return this.#state.fail(...toStreamFailure(piece.error))
    if (piece.usage) this.#state.count(toUsage(piece.usage))
    const choice = piece.choices?.[0]
    if (choice === undefined) return []
    const { content, refusal, reasoning_content, reasoning } = choice.delta ?? {}
    if (refusal) this.#refused = true
    if (choice.finish_reason) this.#endsWith(toEnding(choice.finish_reason))
    return [
      ...this.#state.thinking(reasoning_content ?? reasoning),
      ...this.#state.text(content),
      ...this.#state.text(refusal),
    ]
  }

  finish(): AnswerEvent[] {
    return this.#state.close()
  }

  #endsWith(ending: Ending): void {
    this.#state.endsWith(ending === 'stop' && this.#refused ? 'refused' : ending)
  }
}

function toEnding(reason: string): Ending {
  if (reason === 'length') return 'length'
  return reason === 'content_filter' ? 'filtered' : 'stop'
}

function toUsage({ prompt_tokens, completion_tokens, ...details }: z.infer<typeof WireUsage>): Usage {
  const cached = details.prompt_tokens_details?.cached_tokens
  const thinking = details.completion_tokens_details?.reasoning_tokens
  return {
    input: prompt_tokens,
    output: completion_tokens,
    ...(cached != null && { cached }),
    ...(thinking != null && { thinking }),
  }
}
