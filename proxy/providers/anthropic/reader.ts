/** From the events of a Messages stream to neutral events. Source: the streaming guide of the Messages API. */
import * as z from 'zod'
import { AnswerState } from '../answer-state.ts'
import type { AnswerReader, ReaderEvent, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { type Unshown, unshownOf } from '../unshown.ts'
import { toEnding } from './endings.ts'
import { toStreamFailure, unreadable } from './failure.ts'
import { totalUsage, WireUsage } from './usage.ts'

const Block = z.object({
  type: z.string().nullish(),
  text: z.string().nullish(),
  thinking: z.string().nullish(),
  citations: z.array(z.unknown()).nullish().catch(undefined),
})
type Block = z.infer<typeof Block>
const Stop = z.object({
  stop_reason: z.string().nullish(),
  stop_details: z.object({ explanation: z.string().nullish() }).nullish(),
})
type Stop = z.infer<typeof Stop>
/** With `type: message` the event is the whole answer of a server that does not stream. */
const Event = Stop.extend({
  type: z.string().nullish(),
  message: z.union([z.string(), z.object({ usage: WireUsage.nullish().catch(undefined) })]).nullish(),
  content: z.array(Block).nullish().catch(undefined),
  content_block: Block.nullish(),
  delta: Block.extend(Stop.shape).nullish(),
  usage: WireUsage.nullish().catch(undefined),
  error: z.unknown().optional(),
})
type Event = z.infer<typeof Event>

export class AnthropicReader implements AnswerReader {
  readonly #state = new AnswerState()
  #usage: WireUsage = {}

  read({ data }: StreamEvent): ReaderEvent[] {
    if (this.#state.closed) return []
    const event = readJson(Event, data)
    return event === undefined ? this.#state.fail(unreadable(data)) : this.#follow(event, data)
  }

  finish(): ReaderEvent[] {
    return this.#state.close()
  }

  #follow(event: Event, data: string): ReaderEvent[] {
    if (event.error) return this.#state.fail(toStreamFailure(data))
    switch (event.type) {
      case 'message_start':
        if (typeof event.message === 'object') this.#count(event.message?.usage)
        return []
      case 'content_block_start':
        return this.#pieces(event.content_block)
      case 'content_block_delta':
        return this.#pieces(event.delta)
      case 'message_delta':
        this.#count(event.usage)
        this.#endsWith(event.delta)
        return []
      case 'message_stop':
        this.#state.endsWith('stop')
        return this.#state.close()
      case 'message':
        this.#count(event.usage)
        this.#endsWith(event)
        return (event.content ?? []).flatMap(block => this.#pieces(block))
      case 'error':
        return this.#state.fail(toStreamFailure(data))
      default:
        return []
    }
  }

  #pieces(block: Block | null | undefined): ReaderEvent[] {
    const thing = unshownIn(block?.type ?? '')
    if (thing !== undefined) this.#state.unshown(thing)
    if (block?.citations?.length) this.#state.unshown('sources')
    return [...this.#state.thinking(block?.thinking), ...this.#state.text(block?.text)]
  }

  /** Later counts replace earlier ones field by field; what a later event leaves open stays. */
  #count(usage: WireUsage | null | undefined): void {
    for (const [name, count] of Object.entries(usage ?? {}))
      if (count !== null) this.#usage = { ...this.#usage, [name]: count }
    this.#state.count(totalUsage(this.#usage))
  }

  #endsWith(stop: Stop | null | undefined): void {
    if (!stop?.stop_reason) return
    const { ending, detail } = toEnding(stop.stop_reason, stop.stop_details?.explanation)
    this.#state.endsWith(ending, detail)
  }
}

/** What a block or delta of this type brings that is not shown. Thinking, signatures and arguments bring nothing. */
function unshownIn(type: string): Unshown | undefined {
  if (type === 'tool_use') return 'tool'
  if (type === 'citations_delta') return 'sources'
  if (type.endsWith('_tool_result')) return 'results'
  return ['image', 'document', 'container_upload'].includes(type) ? unshownOf(type) : undefined
}
