/** Sends an answer: whole, or as a stream of events with the pauses of a model that writes. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import type { Outcome } from './calls.ts'
import type { Break, Pace } from './steering.ts'
import type { Frame, Refusal } from './wire.ts'

export type Play = {
  readonly frames: Iterable<Frame>
  readonly newline: string
  readonly pace: Pace
  /** Milliseconds before a piece. */
  readonly pauseOf: (piece: number) => number
  /** What is sent where the answer breaks off with an error. */
  readonly fault: Frame
}

/** An answer breaks, where it is asked to, after this many pieces. */
const BREAK_AFTER = 4
const GARBAGE: Frame = { data: '{"half":' }

/** Sends a body at once: as JSON, or as a page where it is a text. */
export async function send(response: ServerResponse, { status, headers = {}, body }: Refusal): Promise<Outcome> {
  const page = typeof body === 'string'
  response.writeHead(status, { 'content-type': page ? 'text/html' : 'application/json', ...headers })
  response.end(page ? body : JSON.stringify(body))
  return outcomeOf(response)
}

export async function play(
  response: ServerResponse,
  { frames, newline, pace, pauseOf, fault }: Play,
): Promise<Outcome> {
  const gone = new AbortController()
  const closed = new Promise<void>(resolve => response.once('close', resolve)).then(() => gone.abort())
  const wait = async (ms: number): Promise<void> => {
    if (ms > 0) await pause(ms, undefined, { signal: gone.signal }).catch(() => {})
  }
  const write = async (text: string): Promise<void> => {
    for (const part of parts(text, pace.split)) {
      const flushed = new Promise<void>(resolve => response.write(part, () => resolve()))
      await Promise.race([flushed, closed])
      if (pace.split !== undefined) await turn()
    }
  }
  await wait(pace.firstMs ?? 0)
  if (gone.signal.aborted) return 'closed-early'
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.flushHeaders()
  let pieces = 0
  for (const frame of frames) {
    if (frame.paced) {
      if (pace.breaks !== undefined && pieces === BREAK_AFTER) return breakOff(pace.breaks)
      await wait(pauseOf(pieces))
      pieces++
    }
    if (gone.signal.aborted) return 'closed-early'
    await write((frame.paced && pace.comments ? `: keep-alive${newline}${newline}` : '') + framed(frame, newline))
  }
  response.end()
  return outcomeOf(response)

  async function breakOff({ how }: Break): Promise<Outcome> {
    switch (how) {
      case 'stall':
        await closed
        return 'closed-early'
      case 'cut':
        response.destroy()
        return 'broken'
      case 'truncate':
        response.end()
        return 'broken'
      case 'garbage':
      case 'error':
        response.end(framed(how === 'error' ? fault : GARBAGE, newline))
        return 'broken'
      default:
        return how satisfies never
    }
  }
}

/** The text whole, or in parts of so many bytes, which may well end within a character. */
function* parts(text: string, bytes: number | undefined): Generator<Uint8Array> {
  const whole = Buffer.from(text)
  const size = bytes ?? whole.length
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}

function framed({ event, data }: Frame, newline: string): string {
  const name = event === undefined ? '' : `event: ${event}${newline}`
  return `${name}data: ${typeof data === 'string' ? data : JSON.stringify(data)}${newline}${newline}`
}

async function outcomeOf(response: ServerResponse): Promise<Outcome> {
  if (!response.writableFinished && !response.destroyed)
    await Promise.race([once(response, 'finish'), once(response, 'close')])
  return response.writableFinished ? 'complete' : 'closed-early'
}
