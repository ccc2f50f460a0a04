/** What a recipient's acknowledgement changes at the sender. */
import type { Log } from '../shared/process/log.ts'
import type { Store } from '../shared/process/store.ts'
import type { Acknowledgement, Batch } from '../shared/protocol/overlay.ts'
import type { Destination, Destinations } from './destinations.ts'
import type { Inbox } from './inbox.ts'
import type { Outbox } from './outbox.ts'

export type AcknowledgementParts = {
  readonly store: Store
  readonly outbox: Outbox
  readonly destinations: Destinations
  readonly inbox: Inbox
  readonly log: Log
  readonly keptEventsWait: () => void
}

/** @returns whether marks moved, and how many messages were delivered, once that is noted */
export async function takeAcknowledgement(
  parts: AcknowledgementParts,
  batch: Pick<Batch, 'to' | 'stream'>,
  { continues, acknowledged, receipts, presence }: Acknowledgement,
): Promise<{ moved: boolean; delivered: number }> {
  const { store, outbox, destinations } = parts
  const before = destinations.find(batch.to)
  // The store took another identity while the request was out: the answer speaks of a stream that is no more.
  if (before?.stream !== batch.stream) return { moved: false, delivered: 0 }
  if (!continues || acknowledged >= before.next) {
    await restart(parts, before)
    return { moved: true, delivered: 0 }
  }
  const moved = acknowledged > before.acknowledged || receipts.received > before.received || receipts.read > before.read
  if (!moved && before.kind === presence.kind) return { moved, delivered: 0 }
  const delivered = await store.note(() => {
    destinations.setKind(batch.to, presence.kind)
    destinations.noteReceipts(receipts)
    return acknowledged > before.acknowledged ? outbox.acknowledge(batch.to, acknowledged) : 0
  })
  return { moved, delivered }
}

/** One of the two stores lost what the other remembers. What waits goes on in another stream, and the own peer is told. */
async function restart(
  { store, destinations, inbox, log, keptEventsWait }: AcknowledgementParts,
  { name, stream, acknowledged }: Destination,
): Promise<void> {
  log.warn({ to: name, acknowledged }, 'the two stores do not know the same of each other: a new stream begins')
  await store.write(() =>
    inbox.keep({ kind: 'restarted', destination: name, from: stream, to: destinations.restart(name), acknowledged }),
  )
  keptEventsWait()
}
