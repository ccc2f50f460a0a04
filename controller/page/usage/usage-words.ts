/** How sums of usage are said. */

import { duration } from '../../../shared/page/time.ts'
import type { UsageCounts } from '../../../shared/protocol/usage.ts'
import { figure, numberFormat, timeFormat } from '../../../shared/written.ts'
import type { Money, Sum } from './usage-sums.ts'

const compact = numberFormat({ notation: 'compact', maximumFractionDigits: 1 })
const shortDay = timeFormat({ day: 'numeric', month: 'short', timeZone: 'UTC' })
const longDay = timeFormat({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
})

export const compactFigure = (count: number): string => compact.format(count)

/** "17 Nov" of a day such as `2026-11-17`. */
export const dayWord = (day: string): string => shortDay.format(new Date(day))
/** "Tue, 17 Nov" */
export const weekdayWord = (day: string): string => longDay.format(new Date(day))

/** Small amounts keep digits that mean something: "$12.30", "$0.0214", "$0.000042". */
export function moneyWord({ amount, currency }: Money): string {
  const maximumFractionDigits = amount >= 1 || amount === 0 ? 2 : amount >= 0.01 ? 4 : 6
  return numberFormat({
    ...{ style: 'currency', currency },
    ...{ minimumFractionDigits: 2, maximumFractionDigits },
  }).format(amount)
}

/** What is known of the cost, and of how many answers it is not. Nothing known and nothing unknown is no cost. */
export function costWords({ costs, counts }: Sum): { readonly known: string; readonly unknown: string | undefined } {
  const { withoutCost } = counts
  const known = costs.map(moneyWord).join(' + ')
  return {
    known: known || (withoutCost > 0 ? 'unknown' : 'none'),
    unknown: withoutCost === 0 ? undefined : `unknown for ${answers(withoutCost)}`,
  }
}

export const answers = (count: number): string => `${figure(count)} ${count === 1 ? 'answer' : 'answers'}`

/** "1.2 s", or a dash where no answer began. */
export const firstPieceWord = ({ firstPieces, firstPieceMs }: UsageCounts): string =>
  firstPieces === 0 ? '–' : duration(firstPieceMs / firstPieces)

/** Broken off by a person, or on the way. */
export const stopped = ({ cancelled, interrupted }: UsageCounts): number => cancelled + interrupted

/** Tokens, with a dash where no answer told any. */
export const tokenWord = ({ calls, withoutUsage, failed }: UsageCounts, tokens: number): string =>
  tokens === 0 && calls > 0 && withoutUsage + failed >= calls ? '–' : figure(tokens)
