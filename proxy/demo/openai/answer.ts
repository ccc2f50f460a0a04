/** Answers as OpenAI writes them: `chat.completion`, and `chat.completion.chunk` pieces closed by `[DONE]`. */
import type OpenAI from 'openai'
import type { Asked, Frame, Script } from '../wire.ts'

type Chunk = OpenAI.ChatCompletionChunk
type Delta = Chunk['choices'][number]['delta']

const REFUSAL = "I'm sorry, but I can't help with that."
const FINISH = { stop: 'stop', length: 'length', refused: 'stop', filtered: 'content_filter' } as const

export function* frames(asked: Asked, script: Script): Generator<Frame> {
  const { ending, endingWord = FINISH[ending], shape } = script
  const piece = (delta: Delta, finish: string | null = null): object => ({
    ...header(asked, script),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(asked.wantsUsage && { usage: null }),
  })
  if (shape.oddities) yield { data: { ...header(asked, script), choices: [], prompt_filter_results: [] } }
  yield { data: piece({ role: 'assistant', content: '', refusal: null }), paced: true }
  if (ending === 'refused') yield { data: piece({ refusal: REFUSAL }), paced: true }
  for (const content of script.pieces) yield { data: piece({ content }), paced: true }
  if (!shape.noFinish) yield { data: piece({}, endingWord) }
  if (asked.wantsUsage && !shape.noUsage)
    yield { data: { ...header(asked, script), choices: [], usage: usageOf(script) } satisfies Chunk }
  if (!shape.noDone) yield { data: '[DONE]' }
}

export function whole(asked: Asked, script: Script): OpenAI.ChatCompletion {
  const refused = script.ending === 'refused'
  const message = {
    role: 'assistant',
    content: refused ? null : script.pieces.join(''),
    refusal: refused ? REFUSAL : null,
  } as const
  return {
    ...header(asked, script),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: FINISH[script.ending] }],
    usage: usageOf(script),
  }
}

function header({ model }: Asked, { id, created }: Script): Omit<Chunk, 'choices'> {
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion.chunk',
    created,
    model,
    service_tier: 'default',
    system_fingerprint: 'fp_demo',
  }
}

/** Thinking is counted but never shown by this API. */
function usageOf({ inputTokens, pieces, thoughts }: Script): OpenAI.CompletionUsage {
  const completion_tokens = pieces.length + thoughts.length
  return {
    prompt_tokens: inputTokens,
    completion_tokens,
    total_tokens: inputTokens + completion_tokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: thoughts.length, audio_tokens: 0 },
  }
}
