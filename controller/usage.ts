/** What the proxies reported of the usage of AIs, as functions from one state to the next, and how it is shown. */

import * as z from 'zod'
import { Count } from '../shared/protocol/bounds.ts'
import { InvalidInputError } from '../shared/protocol/errors.ts'
import { nameKey, own, PeerName, sameName } from '../shared/protocol/names.ts'
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

/** Rows of all proxies that the configuration names, and of all others together: nobody's rows are in the way of another's. */
export const CONFIGURED_ROWS = 40_000
export const OTHER_ROWS = 10_000
/** Rows of one store and day, at most: a proxy counts what is beyond half of it as `other`. A store always has room for these. */
export const DAY_ROWS = 128
/** Stores of one proxy, at most: each disk that was wiped or put back is one, until its days are over. */
export const MOST_STORES = 16
/** How far ahead the clock of a proxy may be. Days beyond that would be kept for ever, and are left out. */
const AHEAD_MS = 86_400_000

/** `configured` are the keys of the names that the configuration has; `isKnown` whether a proxy of a name is there. */
export type UsageCircumstances = {
  readonly now: Date
  readonly configured: ReadonlySet<string>
  readonly isKnown: (name: string) => boolean
}

/**
 * What one store of a proxy counted, up to a revision. Rows on disk with counts that no proxy of ours has, which an earlier
 * version took, are left out.
 */
export const UsageLedger = z.object({
  proxy: PeerName,
  revision: Count.catch(0),
  rows: z
    .array(CountedRow.nullable().catch(null))
    .transform(rows => rows.filter(row => row !== null))
    .describe('of the last days'),
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
 * @throws {InvalidInputError} for a store of another proxy, for more stores than a proxy may have, or more rows than a day
 */
export function withReport(
  ledgers: UsageLedgers,
  report: UsageReport,
  circumstances: UsageCircumstances,
): UsageLedgers {
  const { name, store, after } = report
  const { now } = circumstances
  checkStore(ledgers, report, circumstances)
  const known = knownRevision(ledgers, store, now)
  const news = report.rows.filter(({ revision }) => revision > known)
  if (after > known || news.length === 0) return ledgers
  const rows = new Map((own(ledgers, store)?.rows ?? []).map(row => [usageKey(row), row]))
  const last = dayOf(now.getTime() + AHEAD_MS)
  for (const row of news.filter(({ day }) => day <= last)) {
    rows.delete(usageKey(row))
    rows.set(usageKey(row), row)
  }
  const revision = Math.max(...news.map(row => row.revision))
  const others = recentOnly(without(ledgers, store), now)
  const [mine] = Object.values(recentOnly({ [store]: { proxy: name, revision, rows: [...rows.values()] } }, now))
  if (mine === undefined) return others
  checkDays(mine.rows)
  const room = roomFor(name, others, circumstances)
  if (mine.rows.length <= room) return { ...others, [store]: mine }
  const newest = mine.rows.toSorted((a, b) => (a.day < b.day ? -1 : Number(a.day > b.day))).slice(-room)
  return { ...others, [store]: { ...mine, rows: newest } }
}

const refuse = (field: string, detail: string): InvalidInputError =>
  new InvalidInputError({ what: 'Cannot take the report', field, detail })

/** A store is renamed with its proxy: it may go over to another name once nobody has the first one any more. */
function checkStore(ledgers: UsageLedgers, { name, store }: UsageReport, { isKnown, now }: UsageCircumstances): void {
  const owner = own(ledgers, store)?.proxy
  if (owner !== undefined && !sameName(owner, name) && isKnown(owner))
    throw refuse('store', `is that of ${owner}, which reports for it itself`)
  if (owner !== undefined) return
  const count = Object.values(recentOnly(ledgers, now)).filter(({ proxy }) => sameName(proxy, name)).length
  if (count >= MOST_STORES)
    throw refuse(
      'store',
      `is one more than the ${MOST_STORES} that ${name} may have; the first goes when its days are over`,
    )
}

function checkDays(rows: readonly CountedRow[]): void {
  const perDay = new Map<string, number>()
  for (const { day } of rows) perDay.set(day, (perDay.get(day) ?? 0) + 1)
  const [crowded] = [...perDay].find(([, count]) => count > DAY_ROWS) ?? []
  if (crowded !== undefined)
    throw refuse('rows', `has more than ${DAY_ROWS} rows of ${crowded}; count the rest as one route "other"`)
}

/** Rows that one store may have: what the others leave of its proxy's share. Of those beyond it the oldest days go. */
function roomFor(name: string, others: UsageLedgers, { configured }: UsageCircumstances): number {
  const isConfigured = (proxy: string) => configured.has(nameKey(proxy))
  const rowsOf = (isMeant: (proxy: string) => boolean) =>
    Object.values(others).reduce((sum, { proxy, rows }) => sum + (isMeant(proxy) ? rows.length : 0), 0)
  const left = isConfigured(name)
    ? Math.floor(CONFIGURED_ROWS / configured.size) - rowsOf(proxy => sameName(proxy, name))
    : OTHER_ROWS - rowsOf(proxy => !isConfigured(proxy))
  return Math.max(isConfigured(name) ? DAY_ROWS : 1, left)
}

const without = (ledgers: UsageLedgers, store: string): UsageLedgers => {
  const { [store]: _, ...others } = ledgers
  return others
}

/** Days that are over go, and with its last row a store that counts no more. */
function recentOnly(ledgers: UsageLedgers, now: Date): UsageLedgers {
  const first = firstDay(USAGE_DAYS, now.getTime())
  const kept = Object.entries(ledgers).flatMap(([store, ledger]) => {
    const recent = ledger.rows.filter(({ day }) => day >= first)
    if (recent.length === 0) return []
    return [[store, recent.length === ledger.rows.length ? ledger : { ...ledger, rows: recent }] as const]
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
