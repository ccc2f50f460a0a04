import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventsOf, OversizedEventError } from './event-stream.ts'
import type { StreamEvent } from './provider.ts'

async function* inTurn(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks
}

async function read(chunks: Iterable<Uint8Array>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of eventsOf(inTurn(chunks))) events.push(event)
  return events
}

const line = fc.string({ unit: 'grapheme' }).map(text => text.replaceAll(/[\r\n\0]/g, '_'))
const event = fc.record({ event: fc.option(fc.constantFrom('ping', 'message_start'), { nil: undefined }), data: line })

test('an event stream is read the same however its bytes are split and its lines end', async () => {
  const property = fc.asyncProperty(
    fc.array(event, { maxLength: 6 }),
    fc.constantFrom('\n', '\r\n'),
    fc.array(fc.nat(), { maxLength: 12 }),
    async (events, newline, cuts) => {
      const framed = events.map(({ event: name, data }) =>
        [': comment', ...(name ? [`event: ${name}`] : []), `data: ${data}`, '', ''].join(newline),
      )
      const bytes = new TextEncoder().encode(framed.join(''))
      const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
      expect(await read(chunks)).toEqual(events)
    },
  )
  await fc.assert(property, { numRuns: 200 })
})

test('an event that the end of the stream cuts off is dropped', async () => {
  expect(await read([new TextEncoder().encode('data: 1\n\ndata: {"half":')])).toEqual([{ event: undefined, data: '1' }])
})

test('an endless event is given up', async () => {
  const chunk = new TextEncoder().encode(`data: ${'x'.repeat(1024 * 1024)}`)
  await expect(read([chunk, chunk, chunk, chunk, chunk])).rejects.toThrow(OversizedEventError)
})
