/** One peer as a process: its store, its port, its page, and the line to its own proxy. */
import type { Address } from '../config/address.ts'
import { addHealth } from '../shared/process/health.ts'
import { HttpClient } from '../shared/process/http-client.ts'
import { serveApp } from '../shared/process/http-server.ts'
import { addPage } from '../shared/process/page.ts'
import type { ProcessContext } from '../shared/process/run.ts'
import { openStore } from '../shared/process/store.ts'
import { assemblePeer, type CoreSettings } from './core.ts'
import { migrations } from './migrations.ts'
import { ProxyLink } from './proxy-link.ts'

/** A peer whose proxy does not come up within this time serves without it, in milliseconds. */
const PROXY_PATIENCE_MS = 10_000

export type PeerSettings = CoreSettings & {
  readonly address: Address
  readonly proxy: string
  readonly storeFile: string
  readonly pages: string
}

/** Resolves once the page is served and the own proxy was met, or was waited for long enough. */
export async function startPeer(settings: PeerSettings, { log, signal, started, fail }: ProcessContext): Promise<void> {
  const { owner, proxy } = settings
  const random = Math.random

  const store = openStore({ path: settings.storeFile, migrations }, { log, fail })
  started.add({ [Symbol.dispose]: () => store.close() })
  const client = started.add(new HttpClient())
  const { api, desk, link, met } = assemblePeer({
    settings,
    store,
    random,
    log,
    signal,
    link: messages => new ProxyLink({ proxy, client, log, random, owner: messages }),
    now: () => new Date(),
  })
  addHealth(api, {
    store,
    notReady: () =>
      desk.settings.peers === undefined ? 'the own proxy was not reached since the first start' : undefined,
    metrics: () => [
      {
        name: 'proxy_reachable',
        type: 'gauge',
        help: '1 while the own proxy answers',
        value: desk.proxyReachable ? 1 : 0,
      },
      {
        name: 'conversations',
        type: 'gauge',
        help: 'conversations in the history',
        value: desk.history.conversations().length,
      },
    ],
  })
  addPage(api.app, { folder: settings.pages, entry: 'chat', title: `${owner.displayName}: Overlay Chat` })
  started.add(await serveApp(api.app, { process: `the peer ${owner.name}`, ...settings.address }))
  started.addWork(link.run(signal))
  started.addWork(desk.history.texts.run(signal, log))
  if (!desk.proxyReachable) await met.sleep(AbortSignal.any([signal, AbortSignal.timeout(PROXY_PATIENCE_MS)]))
  if (!desk.proxyReachable && !signal.aborted)
    log.warn({ proxy }, 'the own proxy does not answer; messages are kept here until it does')
}
