/** From the events of a Messages stream to neutral events. Source: the streaming guide of the Messages API. */
import * as z from 'zod'
import { AnswerState } from '../answer-state.ts'
import type { AnswerEvent, AnswerReader, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { toEnding } from './endings.ts'
import { AnthropicError, toStreamFailure } from './failure.ts'
import { totalUsage, WireUsage } from './usage.ts'

const Block = z.object({ text: z.string().nullish(), thinking: z.string().nullish() })
const Delta = Block.extend({
  stop_reason: z.string().nullish(),
  stop_details: z.object({ explanation: z.string().nullish() }).nullish(),
})
const Event = z.object({
  type: z.string().nullish(),
  message: z.object({ usage: WireUsage.nullish().catch(undefined) }).nullish(),
  content_block: Block.nullish(),
  delta: Delta.nullish(),
  usage: WireUsage.nullish().catch(undefined),
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
    if (event.error) return this.#state.fail(...toStreamFailure(event.error))
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
    const { ending, detail } = toEnding(reason, explanation)
    this.#state.endsWith(ending, detail)
  }
}
