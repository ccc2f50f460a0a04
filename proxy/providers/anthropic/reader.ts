/** From the events of a Messages stream to neutral events. Source: the streaming guide of the Messages API. */
import * as z from 'zod'
import type { Ending } from '../../../shared/protocol/message.ts'
import { AnswerState } from '../answer-state.ts'
import type { AnswerEvent, AnswerReader, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { AnthropicError, toStreamFailure } from './failure.ts'
import { totalUsage, WireUsage } from './usage.ts'

const Block = z.object({ text: z.string().nullish(), thinking: z.string().nullish() })
const Delta = Block.extend({
  stop_reason: z.string().nullish(),
  stop_details: z.object({ explanation: z.string().nullish() }).nullish(),
})
const Event = z.object({
  type: z.string(),
  message: z.object({ usage: WireUsage.nullish() }).nullish(),
  content_block: Block.nullish(),
  delta: Delta.nullish(),
  usage: WireUsage.nullish(),
  error: AnthropicError.nullish(),
})
type Event = z.infer<typeof Event>

export class AnthropicReader implements AnswerReader {
  readonly #state = new AnswerState()
  #usage: WireUsage = {}

  read({ data }: StreamEvent): AnswerEvent[] {
    if (this.#state.closed) return []
    const event = readJson(Event, data)
    return event === undefined ? this.#state.fail('broken_answer') : this.#follow(event)
  }

  finish(): AnswerEvent[] {
    return this.#state.close()
  }

  #follow(event: Event): AnswerEvent[] {
    switch (event.type) {
      case 'message_start':
        this.#count(event.message?.usage)
        return []
      case 'content_block_start':
        return this.#pieces(event.content_block)
      case 'content_block_delta':
        return this.#pieces(event.delta)
      case 'message_delta':
        this.#count(event.usage)
        if (event.delta?.stop_reason) this.#endsWith(event.delta.stop_reason, event.delta.stop_details?.explanation)
        return []
      case 'message_stop':
        this.#state.endsWith('stop')
        return this.#state.close()
      case 'error':
        return this.#state.fail(...toStreamFailure(event.error))
      default:
        return []
    }
  }

  #pieces(block: z.infer<typeof Block> | null | undefined): AnswerEvent[] {
    return [...this.#state.thinking(block?.thinking), ...this.#state.text(block?.text)]
  }

  /** Later counts replace earlier ones field by field; what a later event leaves open stays. */
  #count(usage: WireUsage | null | undefined): void {
    for (const [name, count] of Object.entries(usage ?? {}))
      if (count !== null) this.#usage = { ...this.#usage, [name]: count }
    this.#state.count(totalUsage(this.#usage))
  }

  #endsWith(reason: string, explanation: string | null | undefined): void {
    const ending = toEnding(reason)
    if (ending === 'refused' && explanation) this.#state.endsWith(ending, `The model refused to answer: ${explanation}`)
    else if (reason === 'model_context_window_exceeded')
      this.#state.endsWith(ending, "The answer reached the end of the model's context window.")
    else this.#state.endsWith(ending)
  }
}

function toEnding(reason: string): Ending {
  if (reason === 'refusal') return 'refused'
  return reason === 'max_tokens' || reason === 'model_context_window_exceeded' ? 'length' : 'stop'
}
