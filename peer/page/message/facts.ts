/** What is known about an answer beside its text, in words. */
import { duration } from '../../../shared/page/time.ts'
import type { Metadata } from '../../../shared/protocol/message.ts'

/** The note under a text that did not end by itself; undefined for one that did. */
export function endingNote({ ending, endingDetail }: Metadata): string | undefined {
  switch (ending) {
    case undefined:
    case 'stop':
      return undefined
    case 'length':
      return endingDetail ?? 'The answer reached the longest length that is allowed.'
    case 'refused':
      return endingDetail ?? 'The model refused to answer further.'
    case 'filtered':
      return endingDetail ?? 'A filter of the provider ended the answer.'
    case 'cancelled':
      return endingDetail ?? 'Stopped.'
    case 'interrupted':
      return endingDetail ?? 'The answer was interrupted.'
    default:
      return ending satisfies never
  }
}

/** Pairs of a name and a value; empty for a message that no model wrote. */
export function answerFacts(metadata: Metadata): readonly (readonly [name: string, value: string])[] {
  const { model, usage, firstPieceMs, totalMs, leftOut } = metadata
  const facts: [string, string | undefined][] = [
    ['Model', model],
    ['Tokens in', usage && tokens(usage.input, [['cached', usage.cached]])],
    ['Tokens out', usage && tokens(usage.output, [['thinking', usage.thinking]])],
    ['First piece after', firstPieceMs === undefined ? undefined : duration(firstPieceMs)],
    ['Whole answer after', totalMs === undefined ? undefined : duration(totalMs)],
    [
      'Left out',
      leftOut === undefined || leftOut.length === 0 ? undefined : `${leftOut.join(', ')} (not taken by this API)`,
    ],
  ]
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

function tokens(count: number, parts: readonly (readonly [name: string, count: number | undefined])[]): string {
  const some = parts.filter(([, part]) => part !== undefined && part > 0)
  const details = some.map(([name, part]) => `${part?.toLocaleString()} ${name}`).join(', ')
  return details === '' ? count.toLocaleString() : `${count.toLocaleString()} (${details})`
}
