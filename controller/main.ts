/** The controller process: knows who exists, holds tables and credentials, serves the dashboard. */
import { join } from 'node:path'
import { v4 as uuidv4 } from 'uuid'
import { originOf } from '../config/address.ts'
import { addressesOf } from '../config/addresses.ts'
import { loadOverlay } from '../config/changed-persons.ts'
import { withDemo } from '../config/demo.ts'
import { portsFrom } from '../config/ports.ts'
import { Api } from '../shared/process/api.ts'
import { addHealth } from '../shared/process/health.ts'
import { serveApp } from '../shared/process/http-server.ts'
import { overlayKey } from '../shared/process/overlay-key.ts'
import { addPage } from '../shared/process/page.ts'
import { readProcessArguments, stateFolder } from '../shared/process/process-args.ts'
import { runProcess } from '../shared/process/run.ts'
import { addConfigurationApi } from './configuration-api.ts'
import { seedCredentials, seedDemoCredentials } from './credentials.ts'
import { addDashboardApi } from './dashboard-api.ts'
import { Document } from './document.ts'
import { MOST_PROXIES } from './document-bounds.ts'
import { identified, markDemo } from './document-identity.ts'
import { Hub } from './hub.ts'
import { Presence } from './presence.ts'
import { withPrivateNetworks } from './private-networks.ts'
import { addProxyApi } from './proxy-api.ts'
import { Store } from './store.ts'
import { reconcile, withLastSeen } from './tables.ts'
import { addTrialApi } from './trial-api.ts'
import { addUsageApi } from './usage-api.ts'

/** When proxies were last seen is noted on disk this often, in milliseconds, and at the stop. */
const NOTE_SEEN_MS = 5 * 60_000

await runProcess('controller', async ({ log, started }) => {
  const settings = readProcessArguments(process.argv.slice(2))
  const ports = portsFrom(settings.portBase)
  const readConfig = () => {
    const plain = loadOverlay(settings)
    return settings.demo ? withDemo(plain, ports) : plain
  }
  const config = readConfig()
  const addresses = addressesOf(config, ports)
  const now = () => new Date()

  const document = await Document.open(join(stateFolder(settings.data, 'controller'), 'controller.json'), { log })
  started.add(document)
  const environment = process.env
  await document.change(state => {
    const marked = markDemo(state, settings)
    const seeded = settings.demo
      ? seedDemoCredentials(marked, originOf(addresses.demo))
      : seedCredentials(marked, environment)
    return reconcile(withPrivateNetworks(identified(seeded, uuidv4)), { config, ports, now: now() })
  })

  started.add({ [Symbol.asyncDispose]: () => document.settled() })
  const store = new Store(document, { config, ports, now })
  const presence = new Presence(now)
  const hub = started.add(new Hub({ demo: settings.demo, presence, state: () => store.state }))
  store.onChange((before, after) => hub.stateChanged(before, after))

  const noteSeen = () => store.change(state => withLastSeen(state, name => presence.lastSeen(name)))
  const noting = setInterval(() => {
    noteSeen().catch(error => log.error({ err: error }, 'when proxies were seen could not be noted'))
  }, NOTE_SEEN_MS)
  started.add({
    [Symbol.asyncDispose]: () => {
      clearInterval(noting)
      return noteSeen().catch(error => log.warn({ err: error }, 'when proxies were seen could not be noted'))
    },
  })

  const api = new Api({ title: 'Overlay Chat controller', log })
  const key = overlayKey(settings.data)
  const calls = addProxyApi(api, { key, store, hub, presence })
  addConfigurationApi(api, { key, readConfig, store, hub, presence })
  addUsageApi(api, { key, store, now })
  addDashboardApi(api, { store, hub, presence })
  addTrialApi(api, { key, store, hub })
  addHealth(api, {
    store: document,
    notReady: () => undefined,
    metrics: () => [
      { name: 'proxies', type: 'gauge', help: 'proxies known', value: store.proxyNames().length },
      {
        name: 'proxies_connected',
        type: 'gauge',
        help: 'proxies whose stream is open',
        value: hub.connected,
      },
      ...Object.entries(calls).map(([name, value]) => ({
        name: `proxy_${name}_total`,
        type: 'counter' as const,
        help: `${name} of proxies`,
        value,
      })),
    ],
  })
  addPage(api.app, { folder: settings.pages, entry: 'dashboard', title: 'Overlay Chat: dashboard' })
  started.add(
    await serveApp(api.app, {
      process: 'the controller',
      ...addresses.controller,
      connections: MOST_PROXIES * 2 + 500,
    }),
  )
})
