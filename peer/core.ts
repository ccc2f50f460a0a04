/**
 * A peer without its surroundings: its chat, what arrives for it, its assistant and the HTTP routes, put together over a
 * store, a line to its proxy and a clock that are given. `startPeer` runs it in a process, tests run it in theirs.
 */
import { Api } from '../shared/process/api.ts'
import { CallRefusedError } from '../shared/process/http-client.ts'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import { NotFoundError, NotReadyError, OverlayError } from '../shared/protocol/errors.ts'
import type { CursorAcknowledgement, Signal, StopReason } from '../shared/protocol/local.ts'
import { Arrivals } from './arrivals.ts'
import type { Assistant } from './automatic-replies.ts'
import { Chat } from './chat.ts'
import { stopUnread } from './closed-pages.ts'
import { Desk, type Owner } from './desk.ts'
import { PAGE_GRACE_MS } from './page-events.ts'
import { addPeerApi } from './peer-api.ts'
import type { LinkOwner, ProxyLink } from './proxy-link.ts'
import { type TalkSettings, Talks } from './talks.ts'

export type CoreSettings = TalkSettings & {
  readonly owner: Omit<Owner, 'route'>
  readonly dashboard: string
  readonly cannedReplies: readonly string[]
  readonly assistant: Assistant | undefined
  /** How long all pages may be away before what was asked on them is stopped, in milliseconds. */
  readonly pageGraceMs?: number
}

/** What a peer asks of the line to its proxy. */
export type Line = Pick<ProxyLink, 'cancel' | 'signalTo' | 'keptUpTo' | 'reconnect' | 'workWaits'>

export type CoreParts<L extends Line> = {
  readonly settings: CoreSettings
  readonly store: Store
  readonly link: (owner: LinkOwner) => L
  readonly now: () => Date
  readonly random: () => number
  readonly log: Log
  /** Aborts at the stop. */
  readonly signal: AbortSignal
}

class NotStoppableError extends OverlayError {
  readonly code = 'not_stoppable'
  readonly status = 409
}

/** Nothing runs yet: whoever put it together serves `api` and runs the line. `met` rings when the proxy comes or goes. */
export function assemblePeer<L extends Line>(given: CoreParts<L>) {
  const { settings, store, now, random, log, signal } = given
  const { owner } = settings
  const desk = new Desk({ ...owner, route: settings.assistant?.route }, store)
  const talks = new Talks(desk, settings)
  const met = new Wake()

  const { cannedReplies, assistant } = settings
  const stopQuestion = (question: string, why: StopReason | undefined) =>
    void link
      .cancel(question, signal, why)
      .catch(error => log.info({ why: String(error) }, 'there was nothing to stop'))
  const passOn = (asker: string, piece: Signal) => void link.signalTo(asker, piece, signal)
  const keptUpTo = (position: CursorAcknowledgement) => link.keptUpTo(position)
  const reconnect = (reason: Error) => link.reconnect(reason)
  const arrivals = new Arrivals({
    desk,
    cannedReplies,
    assistant,
    talks,
    keptUpTo,
    reconnect,
    passOn,
    stopQuestion,
    log,
    random,
    now,
  })
  // What an earlier life tried to hand over, the proxy may have, and so it may what an earlier attempt of this one tried.
  for (const { id } of desk.outbox.head()) desk.handingOver.add(id)
  let firstTried: string[] = []
  const link: L = given.link({
    position: () => desk.settings.position,
    met: proxyStore => arrivals.met(proxyStore),
    outgoing: () => {
      const head = desk.outbox.head()
      firstTried = head.map(({ id }) => id).filter(id => !desk.handingOver.has(id))
      for (const id of firstTried) desk.handingOver.add(id)
      return head
    },
    notHandedOver: () => {
      for (const id of firstTried) desk.handingOver.delete(id)
    },
    handedOver: (results, messages) => arrivals.handedOver(results, messages),
    tellRead: async tell => {
      for (const position of desk.history.reading.toTell()) {
        const { name, stream, sequence } = position
        if (stream !== null && sequence !== null) await tell(name, { stream, sequence })
        await store.note(() => desk.history.reading.told(position))
      }
    },
    onEvent: event => arrivals.handle(event),
    onConnection: reachable => {
      desk.setProxyReachable(reachable)
      met.ring()
    },
  })
  desk.onWork(() => link.workWaits())

  const stopAtPeer = (peer: string, replyTo: string, why?: StopReason) =>
    void link.signalTo(peer, { kind: 'stop', replyTo, ...(why && { why }) }, signal)
  const cancelAtProxy = (id: string, why?: StopReason) => cancelAt(() => link.cancel(id, signal, why))
  const chat = new Chat({ desk, talks, now, cancelAtProxy, stopAtPeer })
  const grace = desk.pages.whenLeft(
    settings.pageGraceMs ?? PAGE_GRACE_MS,
    () => void stopUnread({ desk, chat, cancelAtProxy, stopAtPeer, log }),
  )
  signal.addEventListener('abort', () => grace[Symbol.dispose](), { once: true })
  const api = new Api({ title: `Overlay Chat peer ${owner.name}`, log })
  addPeerApi(api, {
    desk,
    chat,
    talks,
    dashboard: settings.dashboard,
    typing: peer => void link.signalTo(peer, { kind: 'typing' }, signal),
  })
  return { api, arrivals, chat, desk, link, met, talks }
}

async function cancelAt(cancel: () => Promise<void>): Promise<void> {
  try {
    await cancel()
  } catch (error) {
    if (!(error instanceof CallRefusedError))
      throw new NotReadyError('Cannot stop it now: the own proxy does not answer. Try again in a moment.')
    if (error.status === 404) throw new NotFoundError(error.message)
    throw new NotStoppableError(error.message)
  }
}
