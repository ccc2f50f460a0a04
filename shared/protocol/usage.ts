/** What answers of AIs used and cost, counted by day: as a proxy counts it, reports it, and as the controller shows it. */
import * as z from 'zod'
import { Count as count, MOST, Place, Sum as sum, text } from './bounds.ts'
import { PeerName } from './names.ts'

/** Days of usage that the controller keeps and that may be asked for, today included. */
export const USAGE_DAYS = 62
/** Rows in one report, at most. */
export const REPORT_ROWS = 200

/** A day in UTC, such as `2026-01-31`. */
export const Day = z.iso.date()

/** Sums over answers. What is not known is counted as such beside each sum, so that zero never stands for unknown. */
export const UsageCounts = z.object({
  calls: count.describe('answers in all: also those that failed, were stopped or were interrupted'),
  failed: count,
  cancelled: count.describe('stopped by a person'),
  interrupted: count.describe('broken off on the way, or of unknown outcome after a crash'),
  input: count.describe('tokens read, cached ones included'),
  output: count.describe('tokens written, thinking included'),
  cached: count.describe('of the input: read from a cache'),
  thinking: count.describe('of the output: thinking'),
  withoutUsage: count.describe('answers whose tokens the API did not tell'),
  cost: sum.describe('in the currency of the row'),
  withoutCost: count.describe('answers that may have cost something that is not known'),
  firstPieceMs: sum.describe('sum over the answers that began'),
  firstPieces: count.describe('answers that began'),
  totalMs: sum.describe('sum over the answers that ended by themselves or were stopped'),
  timed: count.describe('answers in the sum of total times'),
})
export type UsageCounts = z.infer<typeof UsageCounts>
export const COUNT_FIELDS = UsageCounts.keyof().options

export const NO_USAGE: UsageCounts = UsageCounts.parse(Object.fromEntries(COUNT_FIELDS.map(field => [field, 0])))

/** What is beyond the largest number stays there: a sum is shown, and read again by the schema of a row. */
export function addCounts(one: UsageCounts, other: UsageCounts): UsageCounts {
  const added = { ...NO_USAGE }
  for (const field of COUNT_FIELDS) added[field] = Math.min(MOST, one[field] + other[field])
  // Without the noise of binary fractions.
  added.cost = Math.min(MOST, Number(added.cost.toPrecision(12)))
  return added
}

const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .nullable()
  .describe('null for answers without a cost')

/** What a row counts: one route and model of one day. Answers of the demonstration have rows of their own. */
export const UsageKey = z.object({
  day: Day,
  route: PeerName.describe('the route that answered, also in place of another'),
  model: text(200),
  currency: Currency,
  demo: z.boolean().describe('answered by the demonstration provider'),
})
export type UsageKey = z.infer<typeof UsageKey>

export const usageKey = ({ day, route, model, currency, demo }: UsageKey): string =>
  JSON.stringify([day, route, model, currency, demo])

/** A row as a proxy counts it. `revision` grows with every change within one store of the proxy. */
export const CountedRow = UsageKey.extend({ revision: Place, ...UsageCounts.shape })
export type CountedRow = z.infer<typeof CountedRow>

/**
 * Rows of one store that changed after a revision, in the order of their revisions and in absolute values: repeating
 * one changes nothing. A store that was wiped is followed by another one, which adds to what the first had counted.
 */
export const UsageReport = z.object({
  name: PeerName,
  store: z.uuid(),
  after: count.describe('the revision up to which the controller knows the rows, as far as the proxy knows'),
  rows: z.array(CountedRow).max(REPORT_ROWS),
})
export type UsageReport = z.infer<typeof UsageReport>

/** The revision up to which the controller knows the rows of the store: the next report goes on from there. */
export const UsageReceipt = z.object({ revision: count })
export type UsageReceipt = z.infer<typeof UsageReceipt>

const DAYS = `must be a whole number from 1 to ${USAGE_DAYS}`
export const UsageQuery = z.object({
  days: z.coerce
    .number(DAYS)
    .int(DAYS)
    .min(1, DAYS)
    .max(USAGE_DAYS, DAYS)
    .default(30)
    .describe('today and the days before it, in UTC'),
})

export const UsageViewRow = UsageKey.extend({ proxy: PeerName, ...UsageCounts.shape })
export type UsageViewRow = z.infer<typeof UsageViewRow>

export const UsageTotal = UsageKey.pick({ currency: true, demo: true }).extend(UsageCounts.shape)
export type UsageTotal = z.infer<typeof UsageTotal>

/** Rows of one answer, at most. */
const MOST_ROWS = 1_000_000

/** Rows by day, newest first, then proxy, route and model; totals by currency, demonstration apart. */
export const UsageView = z.object({
  from: Day,
  to: Day,
  rows: z.array(UsageViewRow).max(MOST_ROWS),
  totals: z.array(UsageTotal).max(MOST_ROWS),
})
export type UsageView = z.infer<typeof UsageView>

/** The day, in UTC, of a time in milliseconds of the epoch. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** The first of so many days that end with the day of a time. */
export const firstDay = (days: number, ms: number): string => dayOf(ms - (days - 1) * 86_400_000)
