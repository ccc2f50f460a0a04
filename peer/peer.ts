/** One peer, put together: its store, its chat, its page, and the link to its own proxy. */

import { Api } from '../shared/process/api.ts'
import { addHealth } from '../shared/process/health.ts'
import { CallRefusedError, HttpClient } from '../shared/process/http-client.ts'
import { serveApp } from '../shared/process/http-server.ts'
import { addPage } from '../shared/process/page.ts'
import type { ProcessContext } from '../shared/process/run.ts'
import { openStore } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import { NotFoundError, NotReadyError, OverlayError } from '../shared/protocol/errors.ts'
import type { CursorAcknowledgement } from '../shared/protocol/local.ts'
import { Arrivals } from './arrivals.ts'
import type { Assistant } from './automatic-replies.ts'
import { Chat } from './chat.ts'
import type { ContextLimits } from './context.ts'
import { Desk, type Owner } from './desk.ts'
import { migrations } from './migrations.ts'
import { addPeerApi } from './peer-api.ts'
import { ProxyLink } from './proxy-link.ts'

/** A peer whose proxy does not come up within this time serves without it, in milliseconds. */
const PROXY_PATIENCE_MS = 10_000

export type PeerSettings = {
  readonly owner: Owner
  readonly port: number
  readonly proxy: string
  readonly dashboard: string
  readonly storeFile: string
  readonly pages: string
  readonly cannedReplies: readonly string[]
  readonly assistant: Assistant | undefined
  readonly limits: ContextLimits
}

class NotStoppableError extends OverlayError {
  readonly code = 'not_stoppable'
  readonly status = 409
}

/** Resolves once the page is served and the own proxy was met, or was waited for long enough. */
export async function startPeer(settings: PeerSettings, { log, signal, started }: ProcessContext): Promise<void> {
  const { owner, limits } = settings
  const now = () => new Date()
  const random = Math.random

  const store = openStore({ path: settings.storeFile, migrations })
  started.add({ [Symbol.dispose]: () => store.close() })
  const client = started.add(new HttpClient())
  const desk = new Desk(owner, store)
  const met = new Wake()

  const { cannedReplies, assistant } = settings
  const stopQuestion = (question: string) =>
    void link.cancel(question, signal).catch(error => log.info({ why: String(error) }, 'there was nothing to stop'))
  const passOn = (asker: string, piece: Parameters<ProxyLink['signalTo']>[1]) =>
    void link.signalTo(asker, piece, signal)
  const keptUpTo = (position: CursorAcknowledgement) => link.keptUpTo(position)
  const reconnect = (reason: Error) => link.reconnect(reason)
  const arrivals = new Arrivals({
    desk,
    cannedReplies,
    assistant,
    limits,
    keptUpTo,
    reconnect,
    passOn,
    stopQuestion,
    log,
    random,
    now,
  })
  const link: ProxyLink = new ProxyLink({
    proxy: settings.proxy,
    client,
    log,
    random,
    owner: {
      position: () => desk.settings.position,
      outgoing: () => {
        const head = desk.outbox.head()
        for (const { id } of head) desk.handingOver.add(id)
        return head
      },
      notHandedOver: messages => {
        for (const { id } of messages) desk.handingOver.delete(id)
      },
      handedOver: results => arrivals.handedOver(results),
      tellRead: async tell => {
        for (const position of desk.history.readToTell()) {
          const { name, stream, sequence } = position
          if (stream !== null && sequence !== null) await tell(name, { stream, sequence })
          await store.note(() => desk.history.toldRead(position))
        }
      },
      onEvent: event => arrivals.handle(event),
      onConnection: reachable => {
        desk.setProxyReachable(reachable)
        met.ring()
      },
    },
  })
  desk.onWork(() => link.workWaits())

  const chat = new Chat({
    desk,
    limits,
    now,
    cancelAtProxy: id => cancelAt(link, id, signal),
    stopAtPeer: (peer, replyTo) => void link.signalTo(peer, { kind: 'stop', replyTo }, signal),
  })
  const api = new Api({ title: `Overlay Chat peer ${owner.name}`, log })
  addPeerApi(api, {
    desk,
    chat,
    dashboard: settings.dashboard,
    typing: peer => void link.signalTo(peer, { kind: 'typing' }, signal),
  })
  addHealth(api, {
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
  started.add(await serveApp(api.app, { process: `the peer ${owner.name}`, port: settings.port }))
  started.addWork(link.run(signal))
  started.addWork(desk.history.texts.run(signal, log))
  if (!desk.proxyReachable) await met.sleep(AbortSignal.any([signal, AbortSignal.timeout(PROXY_PATIENCE_MS)]))
}

async function cancelAt(link: ProxyLink, id: string, signal: AbortSignal): Promise<void> {
  try {
    await link.cancel(id, signal)
  } catch (error) {
    if (!(error instanceof CallRefusedError))
      throw new NotReadyError('Cannot stop it now: the own proxy does not answer. Try again in a moment.')
    if (error.status === 404) throw new NotFoundError(error.message)
    throw new NotStoppableError(error.message)
  }
}
