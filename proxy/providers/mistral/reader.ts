/** From Mistral's stream pieces to neutral events: like OpenAI's, but with thinking in parts and usage on the last piece. */
import * as z from 'zod'
import type { Usage } from '../../../shared/protocol/message.ts'
import { own } from '../../../shared/protocol/names.ts'
import type { ToldEnding } from '../answer-state.ts'
import { AnswerState } from '../answer-state.ts'
import { heardIn } from '../heard.ts'
import type { AnswerReader, ReaderEvent, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { TokenCount } from '../token-count.ts'
import { unshownOf } from '../unshown.ts'
import { toStreamFailure, unreadable } from './failure.ts'

const TextPart = z.object({ text: z.string().nullish() })
/** Parts of other types, such as references and images, carry nothing to show. */
const Part = TextPart.extend({ type: z.string().nullish(), thinking: z.array(TextPart).nullish() })
type Part = z.infer<typeof Part>
const WireUsage = z.object({
  prompt_tokens: TokenCount,
  completion_tokens: TokenCount,
  prompt_tokens_details: z.object({ cached_tokens: TokenCount }).nullish(),
})
const Delta = z.object({
  content: z.union([z.string(), z.array(Part)]).nullish(),
  tool_calls: z.array(z.unknown()).nullish().catch(undefined),
})
/** A server that does not stream sends the whole answer as a `message`. */
const Choice = z.object({ delta: Delta.nullish(), message: Delta.nullish(), finish_reason: z.string().nullish() })
const Piece = z.object({
  object: z.string().nullish(),
  error: z.unknown().optional(),
  choices: z.array(Choice).nullish(),
  usage: WireUsage.nullish().catch(undefined),
})

export class MistralReader implements AnswerReader {
  readonly #state = new AnswerState()

  read({ data }: StreamEvent): ReaderEvent[] {
    if (this.#state.closed) return []
    if (data.startsWith('[DONE]')) {
      this.#state.endsWith('stop')
      return this.#state.close()
    }
    const piece = readJson(Piece, data)
    if (piece === undefined) return this.#state.fail(unreadable(data))
    if (piece.usage) this.#state.count(toUsage(piece.usage))
    const choice = piece.choices?.[0]
    const answer = choice === undefined ? [] : this.#follow(choice)
    // A frame without an answer is an error in one of its shapes, or nothing to us.
    const isError = piece.error || piece.object === 'error' || choice?.finish_reason === 'error'
    return isError || (choice === undefined && heardIn(data).said !== undefined)
      ? [...answer, ...this.#fail(data)]
      : answer
  }

  finish(): ReaderEvent[] {
    return this.#state.close()
  }

  #endsWith(reason: string): void {
    const { ending, detail } = toEnding(reason)
    this.#state.endsWith(ending, detail)
  }

  #follow({ delta, message, finish_reason }: z.infer<typeof Choice>): ReaderEvent[] {
    if (finish_reason && finish_reason !== 'error') this.#endsWith(finish_reason)
    const said = delta ?? message
    if (said?.tool_calls?.length) this.#state.unshown('tool')
    return this.#pieces(said?.content)
  }

  #fail(data: string): ReaderEvent[] {
    return this.#state.fail(toStreamFailure(data))
  }

  #pieces(content: string | Part[] | null | undefined): ReaderEvent[] {
    if (!Array.isArray(content)) return this.#state.text(content)
    return content.flatMap(({ type, text, thinking }) => {
      if (thinking) return thinking.flatMap(part => this.#state.thinking(part.text))
      if (typeof text !== 'string') this.#state.unshown(/reference/.test(type ?? '') ? 'sources' : unshownOf(type))
      return this.#state.text(text)
    })
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
