/** `/healthz`, `/readyz` and `/metrics`: the same three in every process. */

import type { Registry } from 'prom-client'
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
  let registry: Promise<Registry> | undefined
  api.route(
    {
      method: 'get',
      path: '/metrics',
      summary: 'Figures as Prometheus text',
      answers: { 200: null },
      produces: 'text/plain',
    },
    async ({ c }) => {
      registry ??= openRegistry(state.metrics)
      const { contentType } = await registry
      return c.text(await (await registry).metrics(), 200, { 'content-type': contentType })
    },
  )
}

/** prom-client is loaded at the first scrape: a process that nobody scrapes does not pay its memory. */
async function openRegistry(metrics: () => readonly Metric[]): Promise<Registry> {
  const { Counter, Gauge, Registry, collectDefaultMetrics } = (await import('prom-client')).default
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const { name, help, type } of metrics()) {
    const value = () => metrics().find(metric => metric.name === name)?.value ?? 0
    const options = { name: `overlay_${name}`, help, registers: [registry] }
    if (type === 'gauge')
      new Gauge({
        ...options,
        collect() {
          this.set(value())
        },
      })
    else
      new Counter({
        ...options,
        collect() {
          this.reset()
          this.inc(value())
        },
      })
  }
  return registry
}
