/**
 * A peer without its surroundings: its chat, what arrives for it, its assistant and the HTTP routes, put together over a
 * store, a line to its proxy and a clock that are given. `startPeer` runs it in a process, tests run it in theirs.
 */
import { Api } from '../shared/process/api.ts'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import { Wake } from '../shared/process/wake.ts'
import { MOST } from '../shared/protocol/bounds.ts'
import type { CursorAcknowledgement, Signal, StopReason } from '../shared/protocol/local.ts'
import { Arrivals } from './arrivals.ts'
import type { Assistant } from './automatic-replies.ts'
import { Chat } from './chat.ts'
import { stopUnread } from './closed-pages.ts'
import { Desk, type Owner } from './desk.ts'
import { PAGE_GRACE_MS } from './page-events.ts'
import { addPeerApi } from './peer-api.ts'
import type { LinkOwner, ProxyLink } from './proxy-link.ts'
import { TakingBack } from './taking-back.ts'
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

/** Nothing runs yet: whoever put it together serves `api` and runs the line. `met` rings when the proxy comes or goes. */
export function assemblePeer<L extends Line>(given: CoreParts<L>) {
  const { settings, store, now, random, log, signal } = given
  const { owner } = settings
  const desk = new Desk({ ...owner, route: settings.assistant?.route }, store)
  const talks = new Talks(desk, settings)
  const met = new Wake()

  const { cannedReplies, assistant } = settings
  const stopAtProxy = (question: string, why: StopReason | undefined) => takingBack.atProxy(question, why)
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
    stopAtProxy,
    log,
    random,
    now,
  })
  // What an earlier life tried to hand over, the proxy may have, and so it may what an earlier attempt of this one tried.
  desk.handingOver.tries(desk.outbox.head().map(({ id }) => id))
  const link: L = given.link({
    position: () => desk.settings.position,
    met: proxyStore => arrivals.met(proxyStore),
    outgoing: () => {
      const head = desk.outbox.head()
      desk.handingOver.tries(head.map(({ id }) => id))
      return head
    },
    notHandedOver: () => desk.handingOver.nothingArrived(),
    handedOver: (results, messages) => arrivals.handedOver(results, messages),
    tellRead: async tell => {
      for (const position of desk.history.reading.toTell()) {
        const { name, stream, sequence } = position
        // A place that an earlier version took and no proxy can have is told to nobody.
        if (stream !== null && sequence !== null && sequence <= MOST) await tell(name, { stream, sequence })
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

  const takingBack = new TakingBack({ desk, link, signal })
  const chat = new Chat({ desk, talks, now, takingBack, arrivals })
  const grace = desk.pages.whenLeft(
    settings.pageGraceMs ?? PAGE_GRACE_MS,
    () => void stopUnread({ desk, chat, takingBack, log }),
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
