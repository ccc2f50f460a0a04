/** The proxy's overlay side: batches from other proxies. */
import { OverlayError } from '../shared/protocol/errors.ts'
import { sameName } from '../shared/protocol/names.ts'
import { Acknowledgement, Batch, type Presence } from '../shared/protocol/overlay.ts'
import type { Api } from '../shared/process/api.ts'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import type { Carrier } from './carrier.ts'
import type { Inbox } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import type { PeerLink } from './peer-link.ts'
import type { Peers } from './peers.ts'

class MisdirectedError extends OverlayError {
  readonly code = 'misdirected'
  readonly status = 421
}

export type OverlayParts = {
  readonly owner: string
  readonly store: Store
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly link: PeerLink
  readonly peers: Peers
  readonly carrier: Carrier
  readonly ownPresence: () => Presence
  readonly progressed: (name: string) => void
  readonly received: (count: number) => void
  readonly log: Log
}

export function addOverlayApi(api: Api, parts: OverlayParts): void {
  const { owner, store, inbox, outbox, link, peers, carrier, log } = parts
  api.route(
    { method: 'post', path: '/overlay/messages', summary: 'A batch from another proxy', body: Batch, answers: { 200: Acknowledgement } },
    async ({ body: batch, c }) => {
      if (!sameName(batch.to, owner)) throw new MisdirectedError(`Cannot take a batch for ${batch.to}: this is the proxy of ${owner}.`)
      const { receipts } = batch
      const before = outbox.marks(batch.from)
      // A batch without messages moves only marks, which its sender tells again if they are lost.
      const commit = batch.messages.length > 0 ? store.write.bind(store) : store.note.bind(store)
      const taken = await commit(() => {
        if (receipts !== undefined) outbox.noteReceipts(batch.from, receipts)
        return inbox.take(batch, !link.isAttached)
      })
      if (taken.jumped !== undefined) log.warn({ sender: batch.from, ...taken.jumped }, 'messages are missing that the sender no longer has')
      parts.received(taken.arrived)
      if (taken.arrived > 0) link.keptEventsWait()
      for (const signal of batch.signals) link.tell({ kind: 'signal', sender: batch.from, signal })
      const after = outbox.marks(batch.from)
      if (after.received !== before.received || after.read !== before.read) parts.progressed(batch.from)
      peers.met(batch.from, batch.presence)
      carrier.heardFrom(batch.from)
      const own = inbox.receipts(batch.from) ?? { stream: batch.stream, received: 0, read: 0 }
      return c.json({ acknowledged: taken.acknowledged, refused: taken.refused, receipts: own, presence: parts.ownPresence() })
    },
  )
}
