/** From the pieces of `chat.completion.chunk` to neutral events. Source: the streaming reference of Chat Completions. */
import * as z from 'zod'
import type { Usage } from '../../../shared/protocol/message.ts'
import { AnswerState } from '../answer-state.ts'
import { heardIn } from '../heard.ts'
import type { AnswerReader, ReaderEvent, StreamEvent } from '../provider.ts'
import { readJson } from '../read-json.ts'
import { beginsThinking, type Part, ThinkTags } from '../think-tags.ts'
import { TokenCount } from '../token-count.ts'
import { unshownOf } from '../unshown.ts'
import { toEnding } from './endings.ts'
import { toStreamFailure, unreadable } from './failure.ts'
import { type OpenAiRoute, OWN_ORIGIN } from './request.ts'

const WireUsage = z.object({
  prompt_tokens: TokenCount,
  completion_tokens: TokenCount,
  prompt_tokens_details: z.object({ cached_tokens: TokenCount }).nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: TokenCount }).nullish(),
})

/** Some servers send the text in parts, as Mistral does. */
const Said = z.object({ text: z.string().nullish() })
const ContentPart = Said.extend({
  type: z.string().nullish(),
  thinking: z.union([z.string(), z.array(Said)]).nullish(),
})
const Some = z.array(z.unknown()).nullish().catch(undefined)
/** `reasoning_content` and `reasoning` are what compatible servers call thinking; some send both. */
const Delta = z.object({
  content: z.union([z.string(), z.array(ContentPart)]).nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish().catch(undefined),
  reasoning: z.string().nullish().catch(undefined),
  tool_calls: Some,
  function_call: z.unknown().optional(),
  images: Some,
  audio: z.object({ transcript: z.string().nullish() }).nullish().catch(undefined),
  annotations: Some,
})
type Delta = z.infer<typeof Delta>
/** A server that does not stream sends the whole answer as a `message`. */
const Choice = z.object({ delta: Delta.nullish(), message: Delta.nullish(), finish_reason: z.string().nullish() })
const Piece = z.object({
  object: z.string().nullish(),
  error: z.unknown().optional(),
  choices: z.array(Choice).nullish(),
  usage: WireUsage.nullish().catch(undefined),
  citations: Some,
})

type About = Partial<Pick<OpenAiRoute, 'dialect' | 'model' | 'baseUrl'>>

/** The end is told at `[DONE]`, since the usage follows the piece with the finish reason. */
export class OpenAiReader implements AnswerReader {
  readonly #state = new AnswerState()
  readonly #endsSilently: boolean
  readonly #tags: ThinkTags | undefined
  #refused = false

  /**
   * A finish reason means that the answer is whole, even where `[DONE]` is missing. Where both are missing it is cut off,
   * except in the `compatible` dialect: such servers may never say why they end, so that there a stream that ends well
   * after some text is a whole answer. OpenAI itself never writes thinking into the text.
   */
  constructor({ dialect, model = '', baseUrl = '' }: About = {}) {
    this.#endsSilently = dialect === 'compatible'
    if (!baseUrl.startsWith(OWN_ORIGIN)) this.#tags = new ThinkTags(beginsThinking(model))
  }

  read({ event, data }: StreamEvent): ReaderEvent[] {
    if (this.#state.closed) return []
    if (data.trimStart().startsWith('[DONE]')) {
      this.#endsWith('stop')
      return this.#close()
    }
    if (event === 'error') return this.#fail(data)
    const piece = readJson(Piece, data)
    if (piece === undefined) return [...this.#rest(), ...this.#state.fail(unreadable(data))]
    if (piece.usage) this.#state.count(toUsage(piece.usage))
    if (piece.citations?.length) this.#state.unshown('sources')
    const choice = piece.choices?.[0]
    const answer = choice === undefined ? [] : this.#follow(choice)
    const isError = piece.error || piece.object === 'error' || choice?.finish_reason === 'error'
    return isError || (piece.choices == null && heardIn(data).said !== undefined)
      ? [...answer, ...this.#fail(data)]
      : answer
  }

  finish({ isCut } = { isCut: false }): ReaderEvent[] {
    const rest = this.#rest(isCut)
    if (this.#endsSilently && this.#state.hasText && !isCut) this.#endsWith('stop')
    return [...rest, ...this.#state.close()]
  }

  #follow({ delta, message, finish_reason }: z.infer<typeof Choice>): ReaderEvent[] {
    const said = delta ?? message ?? {}
    if (said.refusal) this.#refused = true
    if (finish_reason && finish_reason !== 'error') this.#endsWith(finish_reason)
    this.#noteUnshown(said)
    const thinking = said.reasoning_content || said.reasoning
    return [
      ...(thinking ? this.#tell(this.#tags?.pass() ?? []) : []),
      ...this.#state.thinking(thinking),
      ...this.#content(said.content),
      ...this.#state.text(said.refusal),
      ...this.#state.text(said.audio?.transcript),
    ]
  }

  #noteUnshown({ tool_calls, function_call, images, audio, annotations }: Delta): void {
    if (tool_calls?.length || function_call) this.#state.unshown('tool')
    if (images?.length) this.#state.unshown('image')
    if (audio) this.#state.unshown('audio')
    if (annotations?.length) this.#state.unshown('sources')
  }

  #content(content: Delta['content']): ReaderEvent[] {
    if (!Array.isArray(content)) return this.#text(content)
    return content.flatMap(({ type, text, thinking }) => {
      if (typeof thinking === 'string') return this.#state.thinking(thinking)
      if (thinking) return thinking.flatMap(part => this.#state.thinking(part.text))
      if (typeof text !== 'string') this.#state.unshown(type === 'reference' ? 'sources' : unshownOf(type))
      return this.#text(text)
    })
  }

  #text(text: string | null | undefined): ReaderEvent[] {
    return this.#tags === undefined || !text ? this.#state.text(text) : this.#tell(this.#tags.read(text))
  }

  #tell(parts: readonly Part[]): ReaderEvent[] {
    return parts.flatMap(part => (part.kind === 'retract' ? this.#state.retract() : this.#state[part.kind](part.text)))
  }

  /** What was kept back, since it might have been a tag. */
  #rest(isCut = false): ReaderEvent[] {
    return this.#tell(this.#tags?.finish(this.#state.hasEnding || (this.#endsSilently && !isCut)) ?? [])
  }

  #close(): ReaderEvent[] {
    return [...this.#rest(), ...this.#state.close()]
  }

  #fail(data: string): ReaderEvent[] {
    return [...this.#rest(), ...this.#state.fail(toStreamFailure(data))]
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
