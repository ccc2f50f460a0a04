/** One proxy as a process: its store, its connections, its port, and the line to the controller. */
import type { Address } from '../config/address.ts'
import { addHealth } from '../shared/process/health.ts'
import { HttpClient } from '../shared/process/http-client.ts'
import { serveApp } from '../shared/process/http-server.ts'
import type { ProcessContext } from '../shared/process/run.ts'
import type { Secret } from '../shared/process/secret.ts'
import { openStore } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import { followController } from './controller-link.ts'
import { assembleProxy, type CoreSettings } from './core.ts'
import { migrations } from './migrations.ts'
import { createCaller } from './providers/caller.ts'
import { providerDispatcher } from './providers/dispatcher.ts'
import { type Environment, webProxiesOf } from './providers/web-proxy.ts'
import { HttpTransport } from './transport.ts'
import { inTurn } from './trial/in-turn.ts'
import { type Trial, tryOut } from './trial/try-out.ts'
import { usageMetrics } from './usage-metrics.ts'
import { UsageReports } from './usage-report.ts'

export type ProxySettings = CoreSettings & {
  readonly address: Address
  readonly controller: string
  readonly storeFile: string
  readonly key: Secret
  /** Names the web proxies on the way to the providers. */
  readonly environment: Environment
}

/** Resolves once there is a routing table to serve with: the controller's, or the last good one on disk. */
export async function startProxy(settings: ProxySettings, context: ProcessContext): Promise<void> {
  const { name: owner, address, controller, key } = settings
  const { log, signal, started, fail } = context
  const random = Math.random

  const store = openStore({ path: settings.storeFile, migrations }, { log, fail })
  started.add({ [Symbol.dispose]: () => store.close() })
  const client = started.add(new HttpClient())
  const webProxies = webProxiesOf(settings.environment)
  if (webProxies.described !== undefined) log.info(webProxies.described, 'providers are reached through a web proxy')
  const dispatcher = providerDispatcher(webProxies)
  started.add({ [Symbol.asyncDispose]: () => dispatcher.destroy() })
  const caller = createCaller({ dispatcher, random, log })
  started.add({ [Symbol.asyncDispose]: () => caller.close() })
  const core = await assembleProxy({
    ...context,
    settings,
    store,
    caller,
    random,
    transport: route => new HttpTransport(route),
    now: () => Date.now(),
    monotonic: () => performance.now(),
  })
  const { accounting, api, routing, counters } = core
  addHealth(api, {
    store,
    notReady: () =>
      routing.isReady ? undefined : 'no routing table yet: the controller was not reachable since the first start',
    metrics: () => [
      ...Object.entries(counters()).map(([name, value]) => ({
        name: name === 'waiting' ? name : `${name}_total`,
        help: `messages ${name}`,
        type: name === 'waiting' ? ('gauge' as const) : ('counter' as const),
        value,
      })),
      ...usageMetrics(accounting.rows.sums()),
    ],
  })
  started.add(await serveApp(api.app, { process: `the proxy of ${owner}`, ...address }))

  const ready = new Wake()
  const tableApplied = () => {
    core.tableApplied()
    ready.ring()
  }
  const usage = new UsageReports({
    ...{ name: owner, controller, key, client, random, log },
    rows: accounting.rows,
    counted: accounting.counted,
    now: Date.now,
  })
  const controllerIs = (isThere: boolean) => {
    core.controllerIs(isThere)
    if (isThere) usage.askAnew()
  }
  const self = { name: owner, ...address, displayName: settings.displayName }
  const credentialsChanged = () => core.peers.tellChanges()
  started.addWork(
    followController(
      {
        ...{ controller, self, key, client, routing, counters, tableApplied, credentialsChanged, controllerIs },
        ...{ log, random },
        tryOut: inTurn((trial: Trial, signal: AbortSignal) => tryOut(trial, { dispatcher, signal })),
      },
      signal,
    ),
  )
  await core.begin()
  started.addWork(usage.run(signal))
  while (!routing.isReady && !signal.aborted) await ready.sleep(signal)
}
