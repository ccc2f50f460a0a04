/** Answers as Anthropic writes them: a message, and the named events that build one. */
import type Anthropic from '@anthropic-ai/sdk'
import type { Asked, Frame, Script } from '../wire.ts'

type Event = Anthropic.RawMessageStreamEvent
type Block = Extract<Event, { type: 'content_block_start' }>['content_block']
type Delta = Extract<Event, { type: 'content_block_delta' }>['delta']

const REASON = { stop: 'end_turn', length: 'max_tokens', refused: 'refusal', filtered: 'refusal' } as const

export function* frames(asked: Asked, script: Script): Generator<Frame> {
  const start = named({ type: 'message_start', message: { ...header(asked, script), usage: usageOf(script, 1) } }, true)
  yield start
  if (script.shape.oddities) {
    yield { ...start, paced: false }
    yield { event: 'weather_report', data: { type: 'weather_report', sun: true } }
  }
  let index = 0
  if (script.thoughts.length > 0) {
    const deltas: Delta[] = script.thoughts.map(thinking => ({ type: 'thinking_delta', thinking }))
    const block: Block = { type: 'thinking', thinking: '', signature: '' }
    yield* blockFrames(index++, block, [...deltas, { type: 'signature_delta', signature: 'ZGVtbw==' }])
  }
  const deltas: Delta[] = script.pieces.map(text => ({ type: 'text_delta', text }))
  if (deltas.length > 0) yield* blockFrames(index, { type: 'text', text: '', citations: null }, deltas)
  const { output_tokens, ...counted } = usageOf(script, script.pieces.length + script.thoughts.length)
  if (!script.shape.noFinish) {
    const delta = { ...stopOf(script), ...(script.endingWord && { stop_reason: script.endingWord }), container: null }
    const usage = { ...counted, output_tokens, output_tokens_details: { thinking_tokens: script.thoughts.length } }
    yield { event: 'message_delta', data: { type: 'message_delta', delta, ...(!script.shape.noUsage && { usage }) } }
  }
  if (!script.shape.noDone) yield named({ type: 'message_stop' })
}

function* blockFrames(index: number, content_block: Block, deltas: readonly Delta[]): Generator<Frame> {
  yield named({ type: 'content_block_start', index, content_block })
  if (index === 0) yield { event: 'ping', data: { type: 'ping' } }
  for (const delta of deltas) yield named({ type: 'content_block_delta', index, delta }, true)
  yield named({ type: 'content_block_stop', index })
}

export function whole(asked: Asked, script: Script): Anthropic.Message {
  const thinking = { type: 'thinking', thinking: script.thoughts.join(''), signature: 'ZGVtbw==' } as const
  const text = { type: 'text', text: script.pieces.join(''), citations: null } as const
  return {
    ...header(asked, script),
    content: [...(script.thoughts.length > 0 ? [thinking] : []), ...(script.pieces.length > 0 ? [text] : [])],
    ...stopOf(script),
    usage: usageOf(script, script.pieces.length + script.thoughts.length),
  }
}

const named = (event: Event, paced = false): Frame => ({ event: event.type, data: event, paced })

function header({ model }: Asked, { id }: Script): Omit<Anthropic.Message, 'usage'> {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    container: null,
    diagnostics: null,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
  }
}

function stopOf({ ending }: Script): Pick<Anthropic.Message, 'stop_reason' | 'stop_sequence' | 'stop_details'> {
  const refused = ending === 'refused' || ending === 'filtered'
  const explanation = 'This is a demonstration of a refusal.'
  return {
    stop_reason: REASON[ending],
    stop_sequence: null,
    stop_details: refused ? { type: 'refusal', category: null, explanation } : null,
  }
}

function usageOf({ inputTokens, thoughts }: Script, output_tokens: number): Anthropic.Usage {
  return {
    input_tokens: inputTokens,
    output_tokens,
    output_tokens_details: { thinking_tokens: thoughts.length },
    cache_creation: null,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    inference_geo: null,
    server_tool_use: null,
    service_tier: 'standard',
    speed: null,
  }
}
