/** Rows of usage, added up in the ways the page shows them. */

import { addCounts, dayOf, NO_USAGE, type UsageCounts, type UsageViewRow } from '../../../shared/protocol/usage.ts'
import { compareNames } from '../../../shared/written.ts'

export type Money = { readonly currency: string; readonly amount: number }
/** `costs` has one entry a currency: amounts of several are not added. */
export type Sum = { readonly counts: UsageCounts; readonly costs: readonly Money[]; readonly models: readonly string[] }
export type Named = { readonly name: string; readonly sum: Sum }

const DAY_MS = 86_400_000

export function sumOf(rows: readonly UsageViewRow[]): Sum {
  const costs = new Map<string, number>()
  for (const { currency, cost } of rows) if (currency !== null) costs.set(currency, (costs.get(currency) ?? 0) + cost)
  return {
    counts: rows.reduce<UsageCounts>(addCounts, NO_USAGE),
    costs: [...costs].sort(byName).map(([currency, amount]) => ({ currency, amount })),
    models: [...new Set(rows.map(({ model }) => model))].sort(),
  }
}

/** One sum a route, those that answered most first. */
export function byRoute(rows: readonly UsageViewRow[]): Named[] {
  return [...grouped(rows, ({ route }) => route)]
    .sort(byName)
    .map(([name, ofRoute]) => ({ name, sum: sumOf(ofRoute) }))
    .sort((a, b) => b.sum.counts.calls - a.sum.counts.calls)
}

/** One sum a day, from the first to the last, also for days without an answer. */
export function byDay(rows: readonly UsageViewRow[], { first, last }: { first: string; last: string }): Named[] {
  const groups = grouped(rows, ({ day }) => day)
  const count = Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1
  const days = Array.from({ length: count }, (_, index) => dayOf(Date.parse(first) + index * DAY_MS))
  return days.map(name => ({ name, sum: sumOf(groups.get(name) ?? []) }))
}

/** Rows of some days and, if one is named, of one proxy; those of the demonstration apart, since they cost nothing. */
export function chosenRows(
  rows: readonly UsageViewRow[],
  { first, proxy }: { first: string; proxy: string },
): { readonly real: UsageViewRow[]; readonly demo: UsageViewRow[] } {
  const chosen = rows.filter(row => row.day >= first && (proxy === '' || row.proxy === proxy))
  return { real: chosen.filter(({ demo }) => !demo), demo: chosen.filter(({ demo }) => demo) }
}

function grouped(rows: readonly UsageViewRow[], nameOf: (row: UsageViewRow) => string): Map<string, UsageViewRow[]> {
  const groups = new Map<string, UsageViewRow[]>()
  for (const row of rows) groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row])
  return groups
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => compareNames(a, b)
