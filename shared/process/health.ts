/** `/healthz`, `/readyz` and `/metrics`: the same three in every process. */

import type { Registry } from 'prom-client'
import * as z from 'zod'
import type { Api } from './api.ts'
import type { Store } from './store.ts'

const Health = z.object({ status: z.enum(['ok', 'not ready']), reason: z.string().optional() })

/** One value of a figure that is told apart by labels. */
export type Series = { readonly labels: Readonly<Record<string, string>>; readonly value: number }

/** A figure for `/metrics`: a value, or one for each set of labels. Counters only grow; gauges go up and down. */
export type Metric = { readonly name: string; readonly help: string; readonly type: 'counter' | 'gauge' } & (
  | { readonly value: number }
  | { readonly labels: readonly string[]; readonly series: readonly Series[] }
)

type HealthState = {
  /** Says in a sentence why the process cannot serve yet; undefined when it can. */
  readonly notReady: () => string | undefined
  readonly metrics: () => readonly Metric[]
  /** Where the process keeps its data: it cannot serve while the disk does not take any. */
  readonly store?: Pick<Store, 'trouble' | 'failures'>
}

export function addHealth(api: Api, { notReady, metrics, store }: HealthState): void {
  const allMetrics = () => [...metrics(), ...(store === undefined ? [] : storeMetrics(store))]
  api.route({ method: 'get', path: '/healthz', summary: 'The process is alive', answers: { 200: Health } }, ({ c }) =>
    c.json({ status: 'ok' }),
  )
  api.route(
    { method: 'get', path: '/readyz', summary: 'The process is able to serve', answers: { 200: Health, 503: Health } },
    ({ c }) => {
      const reason = store?.trouble ?? notReady()
      return reason === undefined ? c.json({ status: 'ok' }) : c.json({ status: 'not ready', reason }, 503)
    },
  )
  let registry: Promise<Registry> | undefined
  let latest: readonly Metric[] = []
  api.route(
    {
      method: 'get',
      path: '/metrics',
      summary: 'Figures as Prometheus text',
      answers: { 200: null },
      produces: 'text/plain',
    },
    async ({ c }) => {
      latest = allMetrics()
      registry ??= openRegistry(() => latest)
      const { contentType } = await registry
      return c.text(await (await registry).metrics(), 200, { 'content-type': contentType })
    },
  )
}

const storeMetrics = ({ trouble, failures }: Pick<Store, 'trouble' | 'failures'>): Metric[] => [
  {
    name: 'storage_writable',
    type: 'gauge',
    help: '0 while the disk is full or fails',
    value: trouble === undefined ? 1 : 0,
  },
  { name: 'storage_failures_total', type: 'counter', help: 'groups of writes that were refused', value: failures },
]

/** prom-client is loaded at the first scrape: a process that nobody scrapes does not pay its memory. */
async function openRegistry(metrics: () => readonly Metric[]): Promise<Registry> {
  const { Counter, Gauge, Registry, collectDefaultMetrics } = (await import('prom-client')).default
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const metric of metrics()) {
    const { name, help, type } = metric
    const labelNames = 'labels' in metric ? [...metric.labels] : []
    const options = { name: `overlay_${name}`, help, labelNames, registers: [registry] }
    const values = () => seriesOf(metrics().find(candidate => candidate.name === name))
    if (type === 'gauge')
      new Gauge({
        ...options,
        collect() {
          this.reset()
          for (const { labels, value } of values()) this.set(labels, value)
        },
      })
    else
      new Counter({
        ...options,
        collect() {
          this.reset()
          for (const { labels, value } of values()) this.inc(labels, value)
        },
      })
  }
  return registry
}

function seriesOf(metric: Metric | undefined): readonly Series[] {
  if (metric === undefined) return []
  return 'series' in metric ? metric.series : [{ labels: {}, value: metric.value }]
}
