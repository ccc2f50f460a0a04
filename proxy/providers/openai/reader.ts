/** From the pieces of `chat.completion.chunk` to neutral events. Source: the streaming reference of Chat Completions. */
import * as z from 'zod'
import type { Usage } from '../../../shared/protocol/message.ts'
import { AnswerState } from '../answer-state.ts'
import type { AnswerEvent, AnswerReader, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { toEnding } from './endings.ts'
import { ErrorAnswer, toStreamFailure } from './failure.ts'
import type { OpenAiRoute } from './request.ts'

const Count = z.int().nonnegative().nullish()
const WireUsage = z.object({
  prompt_tokens: Count,
  completion_tokens: Count,
  prompt_tokens_details: z.object({ cached_tokens: Count }).nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: Count }).nullish(),
})

/** Some servers send the text in parts, as Mistral does. */
const Content = z.union([
  z.string(),
  z.array(z.object({ text: z.string().nullish() })).transform(parts => parts.map(({ text }) => text ?? '').join('')),
])
/** `reasoning_content` and `reasoning` are what compatible servers call thinking; some send both. */
const Delta = z.object({
  content: Content.nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish().catch(undefined),
  reasoning: z.string().nullish().catch(undefined),
})
const Piece = z.object({
  object: z.string().nullish(),
  error: z.unknown().optional(),
  choices: z.array(z.object({ delta: Delta.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: WireUsage.nullish().catch(undefined),
})

/** The end is told at `[DONE]`, since the usage follows the piece with the finish reason. */
export class OpenAiReader implements AnswerReader {
  readonly #state = new AnswerState()
  readonly #endsSilently: boolean
  #refused = false

  /**
   * A finish reason means that the answer is whole, even where `[DONE]` is missing. Where both are missing it is cut off,
   * except in the `compatible` dialect: such servers may never say why they end, so that there a stream that ends well
   * after some text is a whole answer.
   */
  constructor({ dialect }: Pick<OpenAiRoute, 'dialect'> = {}) {
    this.#endsSilently = dialect === 'compatible'
  }

  read({ event, data }: StreamEvent): AnswerEvent[] {
    if (this.#state.closed) return []
    if (data.trimStart().startsWith('[DONE]')) {
      this.#endsWith('stop')
      return this.#state.close()
    }
    if (event === 'error') return this.#fail(data)
    const piece = readJson(Piece, data)
    if (piece === undefined) return this.#state.fail('broken_answer')
    if (piece.error || piece.object === 'error') return this.#fail(data)
    if (piece.usage) this.#state.count(toUsage(piece.usage))
    const choice = piece.choices?.[0]
    if (choice === undefined) return []
    if (choice.finish_reason === 'error') return this.#state.fail('server_error')
    const { content, refusal, reasoning_content, reasoning } = choice.delta ?? {}
    if (refusal) this.#refused = true
    if (choice.finish_reason) this.#endsWith(choice.finish_reason)
    return [
      ...this.#state.thinking(reasoning_content || reasoning),
      ...this.#state.text(content),
      ...this.#state.text(refusal),
    ]
  }

  finish({ isCut } = { isCut: false }): AnswerEvent[] {
    if (this.#endsSilently && this.#state.hasText && !isCut) this.#endsWith('stop')
    return this.#state.close()
  }

  #fail(data: string): AnswerEvent[] {
    return this.#state.fail(...toStreamFailure(readJson(ErrorAnswer, data) ?? {}))
  }

  #endsWith(reason: string): void {
    const { ending, detail } = toEnding(reason)
    if (ending === 'stop' && this.#refused) this.#state.endsWith('refused')
    else this.#state.endsWith(ending, detail)
  }
}

function toUsage({ prompt_tokens, completion_tokens, ...details }: z.infer<typeof WireUsage>): Usage {
  const cached = details.prompt_tokens_details?.cached_tokens
  const thinking = details.completion_tokens_details?.reasoning_tokens
  return {
    input: prompt_tokens ?? 0,
    output: completion_tokens ?? 0,
    ...(cached != null && { cached }),
    ...(thinking != null && { thinking }),
  }
}
