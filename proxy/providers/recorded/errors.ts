/** Tests of what is made of recorded errors: whole answers, with their status and headers. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ApiKind } from '../../../shared/protocol/route.ts'
import { wordedFailure } from '../failure.ts'
import type { FailedAnswer, Failure } from '../provider.ts'
import { loadProvider } from '../registry.ts'

/** By the name of the recording: the code, what a person reads, and, where it says so, whether and when to try again. */
export type ExpectedErrors = Readonly<
  Record<string, readonly [code: Failure['code'], message: string, again?: 'again' | { readonly inMs: number }]>
>

/** The recordings of a kind, by name. */
export const recordedErrors = (kind: ApiKind): string[] =>
  readdirSync(join(import.meta.dirname, kind))
    .filter(file => file.endsWith('.http'))
    .map(file => file.slice(0, -'.http'.length))

function readError(kind: ApiKind, name: string): FailedAnswer {
  const text = readFileSync(join(import.meta.dirname, kind, `${name}.http`), 'utf8')
  const end = text.indexOf('\n\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\n')
  const headers = lines.map(line => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)])
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers), body: text.slice(end + 2) }
}

export function testErrors(kind: ApiKind, expected: ExpectedErrors): void {
  test(`${kind}: every recorded error is expected`, () => {
    expect(Object.keys(expected).sort()).toEqual(recordedErrors(kind).sort())
  })

  test.each(Object.entries(expected))(`${kind}: %s is told`, async (name, [code, message, again]) => {
    const wanted: Failure = {
      code,
      message,
      retryable: again !== undefined,
      ...(typeof again === 'object' && { retryAfterMs: again.inMs }),
    }
    const failure = (await loadProvider(kind)).toFailure(readError(kind, name))
    const { retryAfterMs, ...told } = wordedFailure(failure, said => said)
    // A wait is of no interest where waiting does not help.
    expect({ ...told, ...(told.retryable && retryAfterMs !== undefined && { retryAfterMs }) }).toEqual(wanted)
  })
}
