/** What the proxies reported of the usage of AIs, as functions from one state to the next, and how it is shown. */

import * as z from 'zod'
import { own, PeerName } from '../shared/protocol/names.ts'
import {
  addCounts,
  CountedRow,
  dayOf,
  firstDay,
  NO_USAGE,
  USAGE_DAYS,
  type UsageReport,
  type UsageTotal,
  type UsageView,
  type UsageViewRow,
  usageKey,
} from '../shared/protocol/usage.ts'
import { compareNames } from '../shared/written.ts'

/** Rows of one store that are kept, at most: the oldest days go first. */
const MOST_ROWS = 5_000

/** What one store of a proxy counted, up to a revision. */
export const UsageLedger = z.object({
  proxy: PeerName,
  revision: z.int().nonnegative(),
  rows: z.array(CountedRow).describe('of the last days'),
})
export type UsageLedger = z.infer<typeof UsageLedger>

/** By the id of the store. */
export type UsageLedgers = Readonly<Record<string, UsageLedger>>

/** The revision up to which the rows of a store are known. One of whose last days nothing is left may have begun anew. */
export function knownRevision(ledgers: UsageLedgers, store: string, now: Date): number {
  const ledger = own(ledgers, store)
  const first = firstDay(USAGE_DAYS, now.getTime())
  return ledger?.rows.some(({ day }) => day >= first) ? ledger.revision : 0
}

/**
 * The ledgers with a report. A report that begins after what is known here is not taken, since what lies between would
 * be lost: the document is older than the proxy thinks, and it reports anew from what it is told to be known.
 */
export function withReport(ledgers: UsageLedgers, report: UsageReport, now: Date): UsageLedgers {
  const { name, store, after } = report
  const known = knownRevision(ledgers, store, now)
  const news = report.rows.filter(({ revision }) => revision > known)
  if (after > known || news.length === 0) return ledgers
  const rows = new Map((ledgers[store]?.rows ?? []).map(row => [usageKey(row), row]))
  for (const row of news) {
    rows.delete(usageKey(row))
    rows.set(usageKey(row), row)
  }
  const revision = Math.max(...news.map(row => row.revision))
  return pruned({ ...ledgers, [store]: { proxy: name, revision, rows: [...rows.values()] } }, now)
}

/** Days that are over go, and with its last row a store that counts no more. */
function pruned(ledgers: UsageLedgers, now: Date): UsageLedgers {
  const first = firstDay(USAGE_DAYS, now.getTime())
  const kept = Object.entries(ledgers).flatMap(([store, ledger]) => {
    const recent = ledger.rows.filter(({ day }) => day >= first)
    if (recent.length === 0) return []
    if (recent.length === ledger.rows.length && recent.length <= MOST_ROWS) return [[store, ledger] as const]
    const newest = recent.toSorted((a, b) => compareNames(a.day, b.day)).slice(-MOST_ROWS)
    return [[store, { ...ledger, rows: newest }] as const]
  })
  return Object.fromEntries(kept)
}

/** The last days, today included; what several stores of one proxy counted is one row. */
export function usageView(ledgers: UsageLedgers, { days, now }: { days: number; now: Date }): UsageView {
  const from = firstDay(days, now.getTime())
  const rows = new Map<string, UsageViewRow>()
  const totals = new Map<string, UsageTotal>()
  for (const { proxy, rows: counted } of Object.values(ledgers))
    for (const { revision: _, ...row } of counted.filter(({ day }) => day >= from)) {
      const key = `${proxy.toLowerCase()} ${usageKey(row)}`
      rows.set(key, { ...row, proxy, ...addCounts(rows.get(key) ?? NO_USAGE, row) })
      const { currency, demo } = row
      const total = `${demo} ${currency}`
      totals.set(total, { currency, demo, ...addCounts(totals.get(total) ?? NO_USAGE, row) })
    }
  return {
    from,
    to: dayOf(now.getTime()),
    rows: [...rows.values()].sort(
      (a, b) => compareNames(b.day, a.day) || compareNames(a.proxy, b.proxy) || compareKeys(a, b),
    ),
    totals: [...totals.values()].sort((a, b) => Number(a.demo) - Number(b.demo) || compareCurrencies(a, b)),
  }
}

const compareKeys = (a: UsageViewRow, b: UsageViewRow): number =>
  compareNames(a.route, b.route) || compareNames(a.model, b.model) || compareCurrencies(a, b)

/** Answers without a cost come last. */
const compareCurrencies = (a: UsageTotal, b: UsageTotal): number =>
  Number(a.currency === null) - Number(b.currency === null) || compareNames(a.currency ?? '', b.currency ?? '')
