/** Tests of a reader against recorded streams: each whole, byte by byte, and cut in two at every byte. */
import { describe, expect, test } from 'vitest'
import type { Usage } from '../../../shared/protocol/message.ts'
import { eventsOf } from '../event-stream.ts'
import type { AnswerEvent, Provider } from '../provider.ts'

/** An answer as a reader told it, its pieces joined. */
export type Summary = {
  readonly text: string
  readonly thinking: string
  readonly usage: Usage | undefined
  readonly end: Exclude<AnswerEvent, { kind: 'text' | 'thinking' | 'usage' }> | undefined
}

export type StreamCase = { readonly name: string; readonly stream: string; readonly expected: Partial<Summary> }

export function summaryOf(events: readonly AnswerEvent[]): Summary {
  let summary: Summary = { text: '', thinking: '', usage: undefined, end: undefined }
  for (const event of events) {
    expect(summary.end, 'nothing follows the end').toBeUndefined()
    if (event.kind === 'text') summary = { ...summary, text: summary.text + event.text }
    else if (event.kind === 'thinking') summary = { ...summary, thinking: summary.thinking + event.text }
    else if (event.kind === 'usage') summary = { ...summary, usage: event.usage }
    else summary = { ...summary, end: event }
  }
  return summary
}

/** What the provider's reader makes of these chunks, to the end of the stream. */
export async function readChunks(
  provider: Pick<Provider, 'createReader'>,
  chunks: Iterable<Uint8Array>,
): Promise<Summary> {
  const reader = provider.createReader()
  const events: AnswerEvent[] = []
  for await (const event of eventsOf(inTurn(chunks))) events.push(...reader.read(event))
  events.push(...reader.finish())
  return summaryOf(events)
}

async function* inTurn(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks
}

export function testStreams(provider: Pick<Provider, 'createReader'>, cases: readonly StreamCase[]): void {
  describe.each(cases)('$name', ({ stream, expected }) => {
    const bytes = new TextEncoder().encode(stream)
    const wanted: Summary = {
      text: '',
      thinking: '',
      usage: undefined,
      end: { kind: 'end', ending: 'stop' },
      ...expected,
    }

    test('is read', async () => {
      expect(await readChunks(provider, [bytes])).toEqual(wanted)
    })

    test('is read the same byte by byte', async () => {
      const single = Array.from(bytes, byte => Uint8Array.of(byte))
      expect(await readChunks(provider, single)).toEqual(wanted)
    })

    test('is read the same when it is cut at any byte', async () => {
      for (let at = 1; at < bytes.length; at++) {
        const halves = [bytes.subarray(0, at), bytes.subarray(at)]
        expect(await readChunks(provider, halves), `cut at byte ${at}`).toEqual(wanted)
      }
    })
  })
}

/** Unnamed events, each of the given data as JSON or as it is. */
export const dataEvents = (...data: readonly unknown[]): string =>
  data.map(value => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('')

/** Events named by the `type` of their data. */
export const typedEvents = (...data: readonly { readonly type: string }[]): string =>
  data.map(value => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join('')
