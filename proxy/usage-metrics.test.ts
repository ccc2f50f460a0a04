import { expect, test } from 'vitest'
import { NO_USAGE } from '../shared/protocol/usage.ts'
import { usageMetrics } from './usage-metrics.ts'

test('metrics tell answers by how they ended, tokens by kind and cost by currency, each set of labels once', () => {
  const gpt = { route: 'GPT', demo: false }
  const [calls, tokens, cost] = usageMetrics([
    { ...NO_USAGE, ...gpt, currency: 'USD', calls: 5, cancelled: 1, input: 30, output: 20, cached: 10, cost: 0.5 },
    { ...NO_USAGE, ...gpt, currency: null, calls: 3, failed: 2, input: 7 },
  ])
  const labels = { route: 'GPT', demo: 'false' }
  expect(calls).toMatchObject({
    name: 'proxy_ai_calls_total',
    series: [
      { labels: { ...labels, result: 'answered' }, value: 5 },
      { labels: { ...labels, result: 'failed' }, value: 2 },
      { labels: { ...labels, result: 'cancelled' }, value: 1 },
      { labels: { ...labels, result: 'interrupted' }, value: 0 },
    ],
  })
  expect(tokens).toMatchObject({ series: [{ labels: { ...labels, kind: 'input' }, value: 37 }, {}, {}, {}] })
  expect(cost).toMatchObject({ series: [{ labels: { ...labels, currency: 'USD' }, value: 0.5 }] })
})
