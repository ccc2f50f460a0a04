/** Tests of the readers against recorded streams: each whole, byte by byte, and cut wherever that can make a difference. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Ending } from '../../../shared/protocol/message.ts'
import type { ApiKind } from '../../../shared/protocol/route.ts'
import { ApiRoute } from '../../../shared/protocol/route.ts'
import { AnswerDoor } from '../answer-door.ts'
import type { AnswerEvent, Failure } from '../provider.ts'
import { loadProvider } from '../registry.ts'
import type { Summary } from '../testing/stream-cases.ts'
import { eventsOfChunks, summaryOf } from '../testing/stream-cases.ts'

/** By the name of the recording, what is told of it. Where nothing is said: no text, no counts, a normal end. */
export type Expected = Readonly<Record<string, Partial<Summary>>>

export const NO_MORE = { kind: 'end', ending: 'stop' } as const satisfies Summary['end']

export const ended = (ending: Ending, detail: string): Summary['end'] => ({ kind: 'end', ending, detail })

export const failed = (code: Failure['code'], message: string, more: Partial<Failure> = {}): Summary['end'] => ({
  kind: 'error',
  failure: { code, message, retryable: true, ...more },
})

/** The recordings of a kind, by name. */
export const recordedStreams = (kind: ApiKind): string[] =>
  readdirSync(join(import.meta.dirname, kind))
    .filter(file => file.endsWith('.sse'))
    .map(file => file.slice(0, -'.sse'.length))

/** In the `compatible` dialect the end of a stream is the end of its answer, so that nothing tells where it was cut. */
export function testRecordings(kind: ApiKind, expected: Expected, dialect?: 'compatible'): void {
  const route = ApiRoute.parse({ kind, baseUrl: 'http://127.0.0.1:9/v1', model: 'm', ...(dialect && { dialect }) })
  const read = readerOf(route)

  if (dialect === undefined)
    test(`${kind}: every recorded stream is expected`, () => {
      expect(Object.keys(expected).sort()).toEqual(recordedStreams(kind).sort())
    })

  describe.each(Object.entries(expected))(`${dialect ?? kind}: %s`, (name, told) => {
    const bytes = new Uint8Array(readFileSync(join(import.meta.dirname, kind, `${name}.sse`)))
    const wanted: Summary = { text: '', thinking: '', usage: undefined, end: NO_MORE, ...told }

    test('is read', async () => {
      expect(summaryOf(await read([bytes]))).toEqual(wanted)
    })

    test('is read the same byte by byte', async () => {
      const whole = await read([bytes])
      expect(await read(Array.from(bytes, byte => Uint8Array.of(byte)))).toEqual(whole)
    })

    test('is read the same wherever it is cut', async () => {
      const whole = await read([bytes])
      for (const at of cutsOf(bytes)) {
        const halves = await read([bytes.subarray(0, at), bytes.subarray(at)])
        if (halves !== whole) expect(halves, `cut at byte ${at}`).toEqual(whole)
      }
    })

    if (dialect === undefined)
      test('is never taken for whole when it ends before its text does', async () => {
        for (const at of [0, ...cutsOf(bytes)]) {
          const { text, end } = summaryOf(await read([bytes.subarray(0, at)]))
          const whole = end?.kind === 'end' && end.ending !== 'interrupted'
          if (whole && text !== wanted.text) expect.fail(`"${text}" is taken for the answer after ${at} bytes`)
        }
      })
    else
      test('is never taken for whole when it ends within an event', async () => {
        const ends = [...new TextDecoder().decode(bytes).matchAll(/\n\n/g)].map(({ index }) => index)
        for (const end of ends) {
          const { text, end: told } = summaryOf(await read([bytes.subarray(0, end - 1)]))
          const whole = told?.kind === 'end' && told.ending !== 'interrupted'
          if (whole && text !== wanted.text) expect.fail(`"${text}" is taken for the answer after ${end - 1} bytes`)
        }
      })
  })
}

/** So much of each line is cut at every byte: the name of a field, and the begin of its value. */
const BEGIN_BYTES = 16

/** Where a stream is cut: at every byte but within a word far from the begin of its line, where each cut is like the one before. */
function cutsOf(bytes: Uint8Array): number[] {
  const cuts: number[] = []
  let line = 0
  for (let at = 1; at < bytes.length; at++) {
    if (isLineEnd(bytes[at - 1])) line = at
    const isWithin = isOfWord(bytes[at - 2]) && isOfWord(bytes[at - 1]) && isOfWord(bytes[at])
    if (at - line < BEGIN_BYTES || !isWithin) cuts.push(at)
  }
  return cuts
}

const isLineEnd = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d

/** A small letter or a digit. */
const isOfWord = (byte = 0): boolean => (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39)

/** Reads a stream to its end. The same events are read only once: a reader knows nothing else. */
function readerOf(route: ApiRoute): (chunks: Iterable<Uint8Array>) => Promise<AnswerEvent[]> {
  const known = new Map<string, AnswerEvent[]>()
  return async chunks => {
    // Of an event that was cut off a reader sees nothing.
    const events = (await eventsOfChunks(chunks)).map(event => (event.isCut ? { data: '', isCut: event.isCut } : event))
    const key = JSON.stringify(events)
    const told = known.get(key)
    if (told !== undefined) return told
    const reader = new AnswerDoor((await loadProvider(route.kind)).createReader(route), undefined)
    const isCut = events.at(-1)?.isCut === true
    const read = events.slice(0, isCut ? -1 : undefined).flatMap(event => reader.read(event))
    const answer = [...read, ...reader.finish({ isCut })]
    known.set(key, answer)
    return answer
  }
}
