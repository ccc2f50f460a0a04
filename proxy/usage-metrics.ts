/** What answers used, as figures for Prometheus: sums over the days that the proxy keeps. */
import type { Metric, Series } from '../shared/process/health.ts'
import type { UsageCounts } from '../shared/protocol/usage.ts'
import type { UsageSums } from './usage-rows.ts'

const RESULTS = ['answered', 'failed', 'cancelled', 'interrupted'] as const
const KINDS = ['input', 'output', 'cached', 'thinking'] as const

const answered = ({ calls, failed, cancelled, interrupted }: UsageCounts): number =>
  calls - failed - cancelled - interrupted

export function usageMetrics(sums: readonly UsageSums[]): Metric[] {
  const type = 'counter' as const
  const calls = sums.flatMap(sum =>
    RESULTS.map(result => ({
      labels: { ...labelsOf(sum), result },
      value: result === 'answered' ? answered(sum) : sum[result],
    })),
  )
  const tokens = sums.flatMap(sum => KINDS.map(kind => ({ labels: { ...labelsOf(sum), kind }, value: sum[kind] })))
  const cost = sums.flatMap(sum =>
    sum.currency === null ? [] : [{ labels: { ...labelsOf(sum), currency: sum.currency }, value: sum.cost }],
  )
  return [
    {
      ...{ name: 'proxy_ai_calls_total', type, help: 'answers of AIs, by how they ended' },
      ...{ labels: ['route', 'demo', 'result'], series: added(calls) },
    },
    {
      ...{ name: 'proxy_ai_tokens_total', type, help: 'tokens; input includes cached ones, output thinking' },
      ...{ labels: ['route', 'demo', 'kind'], series: added(tokens) },
    },
    {
      ...{ name: 'proxy_ai_cost_total', type, help: 'cost of the answers whose cost is known' },
      ...{ labels: ['route', 'demo', 'currency'], series: cost },
    },
  ]
}

const labelsOf = ({ route, demo }: UsageSums) => ({ route, demo: String(demo) })

/** Answers with and without a cost are apart in the rows; one set of labels has one value. */
function added(series: readonly Series[]): Series[] {
  const sums = new Map<string, Series>()
  for (const { labels, value } of series) {
    const key = JSON.stringify(labels)
    sums.set(key, { labels, value: (sums.get(key)?.value ?? 0) + value })
  }
  return [...sums.values()]
}
