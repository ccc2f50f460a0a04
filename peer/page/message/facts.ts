/** What is known about an answer beside its text, in words. */

import { duration } from '../../../shared/page/time.ts'
import type { ContextFacts, Cost, Metadata } from '../../../shared/protocol/message.ts'
import { figure, numberFormat } from '../../../shared/written.ts'

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

/** Who answered in the place of the route that was asked: whoever reads it must not take it for that one's words. */
export const fallbackNote = ({ fallback }: Metadata): string | undefined =>
  fallback && `${fallback.route} answered instead: ${fallback.reason.replace(/\.$/, '')}.`

/** Pairs of a name and a value; empty for a message that no model wrote. */
export function answerFacts(metadata: Metadata): readonly (readonly [name: string, value: string])[] {
  const { model, fallback, usage, cost, context, firstPieceMs, totalMs, leftOut } = metadata
  const facts: [string, string | undefined][] = [
    ['Model', model],
    ['Answered by', fallback && `${fallback.route} instead: ${fallback.reason}`],
    ['Personality', context?.personality],
    ['Conversation', context && contextWords(context)],
    ['Tokens in', usage && tokens(usage.input, [['cached', usage.cached]])],
    ['Tokens out', usage && tokens(usage.output, [['thinking', usage.thinking]])],
    ['Cost', cost && costWords(cost)],
    ['First piece after', firstPieceMs === undefined ? undefined : duration(firstPieceMs)],
    ['Whole answer after', totalMs === undefined ? undefined : duration(totalMs)],
    [
      'Left out',
      leftOut === undefined || leftOut.length === 0 ? undefined : `${leftOut.join(', ')} (not taken by this API)`,
    ],
    ['Ended', endingNote(metadata)],
  ]
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

function tokens(count: number, parts: readonly (readonly [name: string, count: number | undefined])[]): string {
  const some = parts.filter(([, part]) => part !== undefined && part > 0)
  const details = some.map(([name, part]) => `${figure(part ?? 0)} ${name}`).join(', ')
  return details === '' ? figure(count) : `${figure(count)} (${details})`
}

/** Undefined at the beginning of a conversation, where nothing could go along. */
function contextWords({ turns, leftOut, tokens: size }: ContextFacts): string | undefined {
  if (turns === 0 && leftOut === 0) return undefined
  const went = turns === 1 ? '1 earlier turn' : `${turns === 0 ? 'no' : turns} earlier turns`
  const left = leftOut === 0 ? 'none was left out' : `${figure(leftOut)} ${leftOut === 1 ? 'was' : 'were'} left out`
  return `${went} went along, ${left}${size === undefined ? '' : ` (about ${figure(rounded(size))} tokens)`}`
}

/** To two digits: it is an estimate. */
const rounded = (count: number): number => Number(count.toPrecision(2))

/** Small amounts with two digits that say something, larger ones with cents. */
function costWords({ amount, currency, priceDate }: Cost): string {
  const digits = amount < 1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 }
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  return `${numberFormat({ ...style, ...digits }).format(amount)}, price of ${priceDate}`
}
