/** The proxy's overlay side: batches from other proxies. */

import type { Api } from '../shared/process/api.ts'
import { failpoint } from '../shared/process/failpoint.ts'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import { Acknowledgement, Batch, type Presence } from '../shared/protocol/overlay.ts'
import type { Carrier } from './carrier.ts'
import type { Inbox } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import type { PeerLink } from './peer-link.ts'
import type { Peers } from './peers.ts'

export type OverlayParts = {
  readonly store: Store
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly link: PeerLink
  readonly peers: Peers
  readonly carrier: Carrier
  readonly ownPresence: () => Presence
  readonly progressed: (name: string) => void
  readonly log: Log
}

export function addOverlayApi(api: Api, parts: OverlayParts): void {
  const { store, inbox, outbox, link, peers, carrier, log } = parts
  api.route(
    {
      method: 'post',
      path: '/overlay/messages',
      summary: 'A batch from another proxy',
      body: Batch,
      answers: { 200: Acknowledgement },
    },
    async ({ body: batch, c }) => {
      // A batch without messages moves only marks, which its sender tells again if they are lost.
      const commit = batch.messages.length > 0 ? store.write.bind(store) : store.note.bind(store)
      const { taken, moved } = await commit(() => ({
        moved: batch.receipts.flatMap(receipts => outbox.noteReceipts(receipts) ?? []),
        taken: inbox.take(batch, !link.isAttached),
      }))
      failpoint('proxy: before a batch is acknowledged')
      if (!taken.continues)
        log.warn({ sender: batch.from }, 'this store and the sender’s do not know the same of each other')
      carrier.counts.received += taken.arrived
      // Pieces before messages: a piece of an answer must not come after the whole.
      for (const signal of batch.signals) link.tell({ kind: 'signal', sender: batch.from, signal })
      if (taken.arrived > 0) link.keptEventsWait()
      for (const { destination, delivered } of moved) {
        carrier.counts.delivered += delivered
        parts.progressed(destination.name)
      }
      peers.met(batch.from, batch.presence)
      carrier.heardFrom(batch.from)
      const { received, read } = inbox.sources.find(batch) ?? { received: 0, read: 0 }
      return c.json({
        continues: taken.continues,
        acknowledged: taken.acknowledged,
        refused: taken.refused,
        receipts: { stream: batch.stream, received, read },
        presence: parts.ownPresence(),
      })
    },
  )
}
