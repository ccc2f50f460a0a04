/** A provider whose every word a test chooses: pieces of text in the form of each API, or whatever else is to be sent. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { API_KINDS, type ApiKind } from '../../shared/protocol/route.ts'
import { addressOf } from './hostile-upstream.ts'

export type Asked = { readonly kind: ApiKind; readonly headers: IncomingMessage['headers']; readonly text: string }
export type Speak = (asked: Asked, response: ServerResponse) => void | Promise<void>

const json = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

/** One event with a piece of text. */
export function piece(kind: ApiKind, text: string): string {
  switch (kind) {
    case 'openai':
    case 'mistral':
      return json({
        id: 'x',
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { content: text }, finish_reason: null }],
      })
    case 'anthropic':
      return json({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
    case 'gemini':
      return json({ candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }] })
  }
}

export function beginning(kind: ApiKind): string {
  if (kind !== 'anthropic') return ''
  const message = {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  }
  return (
    json({ type: 'message_start', message }) +
    json({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
  )
}

export function ending(kind: ApiKind): string {
  switch (kind) {
    case 'openai':
    case 'mistral':
      return `${json({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}data: [DONE]\n\n`
    case 'anthropic':
      return (
        json({ type: 'content_block_stop', index: 0 }) +
        json({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }) +
        json({ type: 'message_stop' })
      )
    case 'gemini':
      return json({
        candidates: [{ content: { role: 'model', parts: [{ text: '' }] }, finishReason: 'STOP', index: 0 }],
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
      })
  }
}

/** Says the pieces one after another, and ends rightly. */
export function say(kind: ApiKind, pieces: readonly string[], response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end([beginning(kind), ...pieces.map(text => piece(kind, text)), ending(kind)].join(''))
}

export class SpeakingUpstream implements AsyncDisposable {
  asked = 0
  readonly #server: Server
  readonly #speak: Speak

  private constructor(speak: Speak) {
    this.#speak = speak
    this.#server = createServer(
      (request, response) => void this.#serve(request, response).catch(() => response.destroy()),
    )
  }

  static async open(speak: Speak): Promise<SpeakingUpstream> {
    const upstream = new SpeakingUpstream(speak)
    await once(upstream.#server.listen(0, '127.0.0.1'), 'listening')
    return upstream
  }

  baseUrl(kind: ApiKind): string {
    return `${this.origin}/${kind}`
  }

  get origin(): string {
    return `http://127.0.0.1:${addressOf(this.#server).port}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {})
    const kind = API_KINDS.find(one => request.url?.startsWith(`/${one}/`)) ?? 'openai'
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    this.asked += 1
    await this.#speak({ kind, headers: request.headers, text }, response)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
