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

/** What was sent: `sent` is the last sequence of the stream, in this batch or an earlier one. */
export type Sent = Pick<Batch, 'to' | 'stream'> & { readonly sent: number }

/**
 * What a recipient says counts for the stream that was sent to it, and as far as that was sent: whoever acknowledges more knows
 * of another store.
 * @returns whether marks moved, and how many messages were delivered, once that is noted
 */
export async function takeAcknowledgement(
  parts: AcknowledgementParts,
  { to, stream, sent }: Sent,
  { continues, acknowledged, receipts, presence }: Acknowledgement,
): Promise<{ moved: boolean; delivered: number }> {
  const { store, outbox, destinations } = parts
  const before = destinations.find(to)
  // The store took another identity while the request was out: the answer speaks of a stream that is no more.
  if (before?.stream !== stream) return { moved: false, delivered: 0 }
  if (!continues || acknowledged > Math.max(sent, before.acknowledged)) {
    await restart(parts, before)
    return { moved: true, delivered: 0 }
  }
  const isOfStream = receipts.stream === stream
  const receiptsMove = isOfStream && (receipts.received > before.received || receipts.read > before.read)
  if (acknowledged <= before.acknowledged && !receiptsMove && before.kind === presence.kind)
    return { moved: false, delivered: 0 }
  return store.note(() => {
    const now = destinations.find(to)
    if (now?.stream !== stream) return { moved: false, delivered: 0 }
    destinations.setKind(to, presence.kind)
    const isFurther = acknowledged > now.acknowledged
    const delivered = isFurther ? outbox.acknowledge(to, acknowledged) : 0
    const further = { ...now, acknowledged: Math.max(now.acknowledged, acknowledged) }
    const noted = isOfStream ? outbox.noteReceipts(further, receipts, sent) : { moved: false, delivered: 0 }
    return { moved: isFurther || noted.moved, delivered: delivered + noted.delivered }
  })
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
