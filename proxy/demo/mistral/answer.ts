/** Answers as Mistral writes them: like OpenAI's, with thinking as content parts and the usage on the last piece. */
import type { Asked, Frame, Script } from '../wire.ts'

const REFUSAL = 'I cannot help with that.'
/** Mistral refuses in words only and knows no ending for it. */
const FINISH = { stop: 'stop', length: 'length', refused: 'stop', filtered: 'stop' } as const

type ThinkPart = {
  readonly type: 'thinking'
  readonly thinking: readonly { readonly type: 'text'; readonly text: string }[]
}

export function* frames(asked: Asked, script: Script): Generator<Frame> {
  const piece = (delta: object, finish: string | null = null) => ({
    ...header(asked, script),
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  if (script.shape.oddities) yield { data: { ...piece({}), choices: [] } }
  yield { data: piece({ role: 'assistant', content: '' }), paced: true }
  for (const thought of script.thoughts) yield { data: piece({ content: [thinking(thought)] }), paced: true }
  for (const content of textsOf(script)) yield { data: piece({ content }), paced: true }
  const { endingWord = FINISH[script.ending], shape } = script
  if (!shape.noFinish)
    yield { data: { ...piece({ content: '' }, endingWord), ...(!shape.noUsage && { usage: usageOf(script) }) } }
  if (!shape.noDone) yield { data: '[DONE]' }
}

export function whole(asked: Asked, script: Script): object {
  const text = textsOf(script).join('')
  const content = script.thoughts.length > 0 ? [thinking(script.thoughts.join('')), { type: 'text', text }] : text
  const message = { role: 'assistant', content, tool_calls: null, prefix: false }
  return {
    ...header(asked, script),
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: FINISH[script.ending] }],
    usage: usageOf(script),
  }
}

const textsOf = ({ ending, pieces }: Script): readonly string[] => (ending === 'refused' ? [REFUSAL] : pieces)

const thinking = (text: string): ThinkPart => ({ type: 'thinking', thinking: [{ type: 'text', text }] })

const header = ({ model }: Asked, { id, created }: Script) => ({ id, created, model })

function usageOf(script: Script): object {
  const completion_tokens = textsOf(script).length + script.thoughts.length
  return { prompt_tokens: script.inputTokens, total_tokens: script.inputTokens + completion_tokens, completion_tokens }
}
