/** The events of a stream, and an answer as a whole. */
import { expect } from 'vitest'
import type { Usage } from '../../../shared/protocol/message.ts'
import { eventsOf } from '../event-stream.ts'
import type { AnswerEvent, StreamEvent } from '../provider.ts'

/** An answer as a reader told it, its pieces joined. */
export type Summary = {
  readonly text: string
  readonly thinking: string
  readonly usage: Usage | undefined
  readonly end: Extract<AnswerEvent, { kind: 'end' | 'error' }> | undefined
}

export function summaryOf(events: readonly AnswerEvent[]): Summary {
  let summary: Summary = { text: '', thinking: '', usage: undefined, end: undefined }
  for (const event of events) {
    // Not asserted with a matcher: it costs more than all the rest, at thousands of places of a stream.
    if (summary.end !== undefined) expect.fail(`${event.kind} follows the end`)
    if (event.kind === 'text') summary = { ...summary, text: summary.text + event.text }
    else if (event.kind === 'thinking') summary = { ...summary, thinking: summary.thinking + event.text }
    else if (event.kind === 'retract') summary = { ...summary, text: '', thinking: summary.text + summary.thinking }
    else if (event.kind === 'usage') summary = { ...summary, usage: event.usage }
    else summary = { ...summary, end: event }
  }
  return summary
}

/** The events of a stream that comes in these chunks. */
export async function eventsOfChunks(chunks: Iterable<Uint8Array>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of eventsOf(inTurn(chunks))) events.push(event)
  return events
}

async function* inTurn(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks
}
