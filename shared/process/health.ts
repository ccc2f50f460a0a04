/** `/healthz`, `/readyz` and `/metrics`: the same three in every process. */
import * as z from 'zod'
import type { Api } from './api.ts'

const Health = z.object({ status: z.enum(['ok', 'not ready']), reason: z.string().optional() })

/** A figure for `/metrics`. Counters only grow; gauges go up and down. */
export type Metric = {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly value: number
}

/** `notReady` says in a sentence why the process cannot serve yet; undefined when it can. */
export function addHealth(
  api: Api,
  state: { notReady: () => string | undefined; metrics: () => readonly Metric[] },
): void {
  api.route({ method: 'get', path: '/healthz', summary: 'The process is alive', answers: { 200: Health } }, ({ c }) =>
    c.json({ status: 'ok' }),
  )
  api.route(
    { method: 'get', path: '/readyz', summary: 'The process is able to serve', answers: { 200: Health, 503: Health } },
    ({ c }) => {
      const reason = state.notReady()
      return reason === undefined ? c.json({ status: 'ok' }) : c.json({ status: 'not ready', reason }, 503)
    },
  )
  api.route(
    { method: 'get', path: '/metrics', summary: 'Figures as Prometheus text', answers: { 200: null } },
    async ({ c }) => {
      const { text, type } = await render(state.metrics())
      return c.text(text, 200, { 'content-type': type })
    },
  )
}

/** prom-client is loaded at the first scrape: a process that nobody scrapes does not pay its memory. */
async function render(metrics: readonly Metric[]): Promise<{ text: string; type: string }> {
  const { Counter, Gauge, Registry, collectDefaultMetrics } = (await import('prom-client')).default
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 })
  for (const { name, help, type, value } of metrics) {
    const options = { name: `overlay_${name}`, help, registers: [registry] }
    if (type === 'counter') new Counter(options).inc(value)
    else new Gauge(options).set(value)
  }
  return { text: await registry.metrics(), type: registry.contentType }
}
