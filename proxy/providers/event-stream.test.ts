import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { OversizedAnswerError } from './answer-bytes.ts'
import { ForeignStreamError } from './event-stream.ts'
import { eventsOfChunks } from './testing/stream-cases.ts'

const bytesOf = (text: string): Uint8Array[] => [new TextEncoder().encode(text)]

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
      expect(await eventsOfChunks(chunks)).toEqual(events.filter(({ data }) => data.trim() !== ''))
    },
  )
  await fc.assert(property, { numRuns: 200 })
})

test.each([
  'data: {"a":2}',
  'data: {"a":2}\n',
  'data: {"a":2}\r',
  'data: {"a":2}\r\n',
  'event: x\ndata: {"a":2}',
  'data: [DONE]',
])('the last event counts without its blank line where it is whole, as in %j', async tail => {
  const [, last, ...more] = await eventsOfChunks(bytesOf(`data: 1\n\n${tail}`))
  expect(last?.data).toBe(tail.includes('DONE') ? '[DONE]' : '{"a":2}')
  expect(last).not.toHaveProperty('isCut')
  expect(more).toEqual([])
})

test.each([
  'd',
  'dat',
  'data',
  'data:',
  'data: ',
  'data: {"half":',
  'data: {"half":1\ndata',
  'data: [DON',
  'data: "Gr\u00fc',
  'eve',
  'garbage',
])('what the end of the stream cuts off comes last and is marked: %j', async tail => {
  const bytes = new TextEncoder().encode(`data: 1\n\n${tail}`)
  const end = tail.endsWith('ü') ? -1 : bytes.length
  const [first, last, ...more] = await eventsOfChunks([bytes.subarray(0, end)])
  expect(first).toEqual({ event: undefined, data: '1' })
  expect(last).toMatchObject({ isCut: true })
  expect(more).toEqual([])
})

test.each(['', '\n', '\r\n', ' ', ': a comment', 'id: 7', 'retry: 5'])(
  'behind the last event, %j is nothing',
  async tail => {
    expect(await eventsOfChunks(bytesOf(`data: 1\n\n${tail}`))).toEqual([{ event: undefined, data: '1' }])
  },
)

test.each(['<html>Sign in</html>', 'Bad Gateway\n', 'ok'])('what begins like %j is no stream of events', async text => {
  await expect(eventsOfChunks(bytesOf(text))).rejects.toThrow(ForeignStreamError)
})

test('an endless event is given up', async () => {
  const chunk = new TextEncoder().encode(`data: ${'x'.repeat(1024 * 1024)}`)
  await expect(eventsOfChunks([chunk, chunk, chunk, chunk, chunk])).rejects.toThrow(OversizedAnswerError)
})

test('an event without data is none', async () => {
  expect(await eventsOfChunks(bytesOf('event: ping\n\ndata:\n\ndata: \n\nid: 1\ndata: 1\n\n'))).toEqual([
    { event: undefined, data: '1' },
  ])
})

test.each([
  ['bare JSON over several lines', 'data: 1\n\n{\n  "error": {}\n}\n', '{\n  "error": {}\n}'],
  ['bare JSON without a last line end', '{"error":{}}', '{"error":{}}'],
  ['a field named error', 'data: 1\n\nerror: {"code":500}\n\n', '{"code":500}'],
])('an error that is written as %s comes last, as an event named error', async (_, stream, data) => {
  expect((await eventsOfChunks(bytesOf(stream))).at(-1)).toEqual({ event: 'error', data })
})

test.each(['{"error":', '<html>', 'error: yes', 'null'])('a line %s in no event is nothing', async line => {
  expect(await eventsOfChunks(bytesOf(`data: 1\n\n${line}\n`))).toEqual([{ event: undefined, data: '1' }])
})
