/** Usage of AIs at the controller: proxies report it, the dashboard and other programs read it. */
import type { Api } from '../shared/process/api.ts'
import { carriesKey } from '../shared/process/overlay-key.ts'
import type { Secret } from '../shared/process/secret.ts'
import { nameKey, own } from '../shared/protocol/names.ts'
import { UsageQuery, UsageReceipt, UsageReport, UsageView } from '../shared/protocol/usage.ts'
import { UnknownProxyError, WrongKeyError } from './errors.ts'
import type { Store } from './store.ts'
import { usageView } from './usage.ts'

/** A proxy that is forgotten keeps its usage here: what was spent stays spent. */
export function addUsageApi(api: Api, { key, store, now }: { key: Secret; store: Store; now: () => Date }): void {
  api.route(
    {
      method: 'post',
      path: '/api/usage',
      summary: 'A proxy reports what its answers used, as far as it changed',
      body: UsageReport,
      answers: { 200: UsageReceipt },
    },
    async ({ body, c }) => {
      if (!carriesKey(c.req.header('authorization'), key)) throw new WrongKeyError()
      if (own(store.state.proxies, nameKey(body.name)) === undefined)
        throw new UnknownProxyError(body.name, store.proxyNames())
      return c.json({ revision: await store.takeUsage(body) })
    },
  )
  api.route(
    {
      method: 'get',
      path: '/api/usage',
      summary: 'Tokens, cost and times of the answers of AIs, by day, proxy, route and model',
      query: UsageQuery,
      answers: { 200: UsageView },
    },
    ({ query, c }) => c.json(usageView(store.usage, { days: query.days, now: now() })),
  )
}
