/** From Mistral's stream pieces to neutral events: like OpenAI's, but with thinking in parts and usage on the last piece. */
import * as z from 'zod'
import type { Usage } from '../../../shared/protocol/message.ts'
import { own } from '../../../shared/protocol/names.ts'
import type { ToldEnding } from '../answer-state.ts'
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
  object: z.string().nullish(),
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.union([z.string(), z.array(Part)]).nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: WireUsage.nullish().catch(undefined),
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
    if (piece.usage) this.#state.count(toUsage(piece.usage))
    const choice = piece.choices?.[0]
    if (choice === undefined) return this.#failOr(piece, data)
    if (choice.finish_reason === 'error') return this.#state.fail('server_error')
    if (choice.finish_reason) this.#endsWith(choice.finish_reason)
    return this.#pieces(choice.delta?.content)
  }

  finish(): AnswerEvent[] {
    return this.#state.close()
  }

  #endsWith(reason: string): void {
    const { ending, detail } = toEnding(reason)
    this.#state.endsWith(ending, detail)
  }

  /** A frame without choices is an error in one of its shapes, or nothing to us. */
  #failOr({ object }: z.infer<typeof Piece>, data: string): AnswerEvent[] {
    const error = readJson(ErrorAnswer, data)
    if (error !== undefined) return this.#state.fail(...toStreamFailure(error))
    return object === 'error' ? this.#state.fail('server_error') : []
  }

  #pieces(content: string | Part[] | null | undefined): AnswerEvent[] {
    if (!Array.isArray(content)) return this.#state.text(content)
    return content.flatMap(part =>
      part.thinking ? part.thinking.flatMap(({ text }) => this.#state.thinking(text)) : this.#state.text(part.text),
    )
  }
}

const BY_REASON: Readonly<Record<string, ToldEnding>> = {
  stop: { ending: 'stop' },
  length: { ending: 'length' },
  model_length: {
    ending: 'length',
    detail: "The answer reached the end of the model's context window. Send /reset to go on.",
  },
  content_filter: { ending: 'filtered' },
  tool_calls: { ending: 'stop', detail: 'The model wanted to call a tool, and there is none.' },
}

/** A reason that is newer than the table ends the answer, and is told by its name. */
const toEnding = (reason: string): ToldEnding =>
  own(BY_REASON, reason) ?? { ending: 'stop', detail: `Mistral ended the answer with the reason "${reason}".` }

function toUsage({ prompt_tokens, completion_tokens, prompt_tokens_details }: z.infer<typeof WireUsage>): Usage {
  const cached = prompt_tokens_details?.cached_tokens
  return { input: prompt_tokens ?? 0, output: completion_tokens ?? 0, ...(cached != null && { cached }) }
}
