/** The proxy's overlay side: batches from other proxies. */

import type { Api } from '../shared/process/api.ts'
import { failpoint } from '../shared/process/failpoint.ts'
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import { Acknowledgement, Batch, type Presence, ReceiptMarks } from '../shared/protocol/overlay.ts'
import type { Carrier } from './carrier.ts'
import type { Destinations } from './destinations.ts'
import type { Inbox } from './inbox.ts'
import type { LastSent } from './last-sent.ts'
import type { Outbox } from './outbox.ts'
import type { PeerLink } from './peer-link.ts'
import type { Peers } from './peers.ts'
import type { Routing } from './routing.ts'

export type OverlayParts = {
  readonly store: Store
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly destinations: Pick<Destinations, 'ofStream'>
  readonly lastSent: LastSent
  readonly routing: Pick<Routing, 'has' | 'isSamePeer'>
  readonly link: PeerLink
  readonly peers: Peers
  readonly carrier: Carrier
  readonly ownPresence: () => Presence
  readonly progressed: (name: string) => void
  readonly log: Log
}

export function addOverlayApi(api: Api, parts: OverlayParts): void {
  const { store, inbox, link, peers, carrier, routing, log } = parts
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
      // What is answered is read in the same write: whatever fails leaves nothing behind.
      const { taken, receipts, moved } = await commit(() => {
        const taken = inbox.take(batch, !link.isAttached)
        const { received, read } = inbox.sources.find(batch) ?? { received: 0, read: 0 }
        const receipts = ReceiptMarks.parse({ stream: batch.stream, received, read })
        return { taken, receipts, moved: batch.receipts.flatMap(marks => noteReceipts(parts, batch.from, marks)) }
      })
      failpoint('proxy: before a batch is acknowledged')
      if (!taken.continues)
        log.warn({ sender: batch.from }, 'this store and the sender’s do not know the same of each other')
      carrier.counts.received += taken.arrived
      // Pieces before messages: a piece of an answer must not come after the whole.
      if (routing.has(batch.from))
        for (const signal of batch.signals) link.tell({ kind: 'signal', sender: batch.from, signal })
      if (taken.arrived > 0) link.keptEventsWait()
      for (const { name, delivered } of moved) {
        carrier.counts.delivered += delivered
        parts.progressed(name)
      }
      peers.met(batch.from, batch.presence)
      carrier.heardFrom(batch.from)
      const { continues, acknowledged, refused } = taken
      return c.json({ continues, acknowledged, refused, receipts, presence: parts.ownPresence() })
    },
  )
}

/**
 * Inside a write: only the destination of a stream says how far it came there. Another name may be one that it goes by and this
 * table does not know: then the destination itself is asked, whose acknowledgement tells the same.
 */
function noteReceipts(
  { carrier, destinations, lastSent, outbox, routing }: OverlayParts,
  from: string,
  marks: ReceiptMarks,
): { name: string; delivered: number }[] {
  const destination = destinations.ofStream(marks.stream)
  if (destination === undefined) return []
  const { name, received, read } = destination
  if (!routing.isSamePeer(name, from)) {
    if (marks.received > received || marks.read > read) carrier.newsFor(name)
    return []
  }
  const { moved, delivered } = outbox.noteReceipts(destination, marks, lastSent.of(destination))
  return moved ? [{ name, delivered }] : []
}
