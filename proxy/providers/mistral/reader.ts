/** From Mistral's stream pieces to neutral events: like OpenAI's, but with thinking in parts and usage on the last piece. */
import * as z from 'zod'
import type { Ending, Usage } from '../../../shared/protocol/message.ts'
import { AnswerState } from '../answer-state.ts'
import type { AnswerEvent, AnswerReader, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { ErrorAnswer, toStreamFailure } from './failure.ts'

const TextPart = z.object({ text: z.string().nullish() })
/** Parts of other types, such as references, carry nothing to show. */
const Part = TextPart.extend({ type: z.string().nullish(), thinking: z.array(TextPart).nullish() })
type Part = z.infer<typeof Part>
const WireUsage = z.object({
  prompt_tokens: z.int().nonnegative().nullish(),
  completion_tokens: z.int().nonnegative().nullish(),
  prompt_tokens_details: z.object({ cached_tokens: z.int().nonnegative().nullish() }).nullish(),
})
const Piece = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.union([z.string(), z.array(Part)]).nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: WireUsage.nullish(),
})

export class MistralReader implements AnswerReader {
  readonly #state = new AnswerState()

  read({ data }: StreamEvent): AnswerEvent[] {
    if (this.#state.closed) return []
    if (data.startsWith('[DONE]')) {
      this.#state.endsWith('stop')
      return this.#state.close()
    }
    const piece = readJson(Piece, data)
    if (piece === undefined) return this.#state.fail('broken_answer')
    if (!piece.choices) return this.#failOr(data)
    if (piece.usage) this.#state.count(toUsage(piece.usage))
    const choice = piece.choices[0]
    if (choice?.finish_reason === 'error') return this.#state.fail('server_error')
    if (choice?.finish_reason) this.#state.endsWith(toEnding(choice.finish_reason))
    return this.#pieces(choice?.delta?.content)
  }

  finish(): AnswerEvent[] {
    return this.#state.close()
  }

  /** A frame without choices is an error in one of its shapes, or nothing to us. */
  #failOr(data: string): AnswerEvent[] {
    const error = readJson(ErrorAnswer, data)
    return error === undefined ? [] : this.#state.fail(...toStreamFailure(error))
  }

  #pieces(content: string | Part[] | null | undefined): AnswerEvent[] {
    if (!Array.isArray(content)) return this.#state.text(content)
    return content.flatMap(part =>
      part.thinking ? part.thinking.flatMap(({ text }) => this.#state.thinking(text)) : this.#state.text(part.text),
    )
  }
}

function toEnding(reason: string): Ending {
  if (reason === 'content_filter') return 'filtered'
  return reason === 'length' || reason === 'model_length' ? 'length' : 'stop'
}

function toUsage({ prompt_tokens, completion_tokens, prompt_tokens_details }: z.infer<typeof WireUsage>): Usage {
  const cached = prompt_tokens_details?.cached_tokens
  return { input: prompt_tokens ?? 0, output: completion_tokens ?? 0, ...(cached != null && { cached }) }
}
