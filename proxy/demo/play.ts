/** Sends an answer: whole, or as a stream of events with the pauses of a model that writes. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Outcome } from './calls.ts'
import type { Break } from './steering.ts'
import type { Frame, Refusal } from './wire.ts'

export type Play = {
  readonly frames: Iterable<Frame>
  readonly pieceMs: number
  readonly newline: string
  readonly breaks: Break | undefined
  readonly streamFault: () => Frame
}

/** An answer breaks, where it is asked to, after this many pieces. */
const BREAK_AFTER = 4

/** Sends a body at once: as JSON, or as a page where it is a text. */
export async function send(response: ServerResponse, { status, headers = {}, body }: Refusal): Promise<Outcome> {
  const page = typeof body === 'string'
  response.writeHead(status, { 'content-type': page ? 'text/html' : 'application/json', ...headers })
  response.end(page ? body : JSON.stringify(body))
  return outcomeOf(response)
}

export async function play(
  response: ServerResponse,
  { frames, pieceMs, newline, breaks, streamFault }: Play,
): Promise<Outcome> {
  const gone = new AbortController()
  const closed = new Promise<void>(resolve => response.once('close', resolve)).then(() => gone.abort())
  const write = (frame: Frame): Promise<void> => {
    const flushed = new Promise<void>(resolve => response.write(framed(frame, newline), () => resolve()))
    return Promise.race([flushed, closed])
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.flushHeaders()
  let pieces = 0
  for (const frame of frames) {
    if (frame.paced) {
      if (breaks !== undefined && pieces === BREAK_AFTER) return breakOff(breaks)
      if (pieceMs > 0) await pause(naturalPause(pieceMs, pieces), undefined, { signal: gone.signal }).catch(() => {})
      pieces++
    }
    if (gone.signal.aborted) return 'closed-early'
    await write(frame)
  }
  response.end()
  return outcomeOf(response)

  async function breakOff(how: Break): Promise<Outcome> {
    if (how === 'stall') {
      await closed
      return 'closed-early'
    }
    if (how === 'cut') response.destroy()
    else response.end(framed(streamFault(), newline))
    return 'broken'
  }
}

/** Models do not write evenly: from two thirds to four thirds of the pause, in a fixed order. */
const naturalPause = (pieceMs: number, piece: number): number => (pieceMs * (4 + ((piece * 3) % 5))) / 6

function framed({ event, data }: Frame, newline: string): string {
  const name = event === undefined ? '' : `event: ${event}${newline}`
  return `${name}data: ${typeof data === 'string' ? data : JSON.stringify(data)}${newline}${newline}`
}

async function outcomeOf(response: ServerResponse): Promise<Outcome> {
  if (!response.writableFinished && !response.destroyed)
    await Promise.race([once(response, 'finish'), once(response, 'close')])
  return response.writableFinished ? 'complete' : 'closed-early'
}
