/**
 * A kept event of the proxy that this peer does not understand. It is given up visibly: what can be told of it is kept in its
 * place, so that the person learns of it and the events behind it are not held up.
 */
import { v5 as uuidv5 } from 'uuid'
import * as z from 'zod'
import { Place } from '../shared/protocol/bounds.ts'
import { Placement, type ProxyEvent, ProxyEvent as ProxyEventSchema } from '../shared/protocol/local.ts'
import { MessageId } from '../shared/protocol/message.ts'
import { PeerName } from '../shared/protocol/names.ts'
import type { Desk } from './desk.ts'

const Arrived = z.object({
  kind: z.literal('message'),
  cursor: Place,
  message: z.object({ id: MessageId.optional().catch(undefined), sender: PeerName }),
  placement: Placement.optional().catch(undefined),
})
const Failed = z.object({ kind: z.literal('failed'), cursor: Place, id: MessageId, destination: PeerName })

/** Names what has no id of its own. */
const UNREADABLE = 'c6a2b1de-4d0c-4b0e-9a43-9f0f2a5f7c11'

/** @param why what is wrong with it @returns an event with the same cursor; undefined where it has none, or nothing can be told */
export function inPlaceOf(
  event: unknown,
  why: string,
  { owner, now }: { owner: string; now: Date },
): ProxyEvent | undefined {
  const arrived = Arrived.safeParse(event).data
  if (arrived !== undefined) {
    const { cursor, message, placement } = arrived
    return ProxyEventSchema.parse({
      kind: 'message',
      cursor,
      ...(placement && { placement }),
      stored: false,
      message: {
        id: message.id ?? uuidv5(`${message.sender} ${cursor}`, UNREADABLE),
        sender: message.sender,
        destination: owner,
        message: `A message of ${message.sender} arrived that cannot be shown: ${why}.`,
        timestamp: now.toISOString(),
        type: 'notification',
        metadata: { autoReply: true },
      },
    })
  }
  const failed = Failed.safeParse(event).data
  return failed && { ...failed, reason: `It failed, and why cannot be shown: ${why}.`, cancelled: false }
}

/** What keeps a notice in place of an event that cannot be kept; inside a write. It returns what to show once it is on disk. */
export const noticesIn =
  (desk: Pick<Desk, 'history' | 'owner' | 'show' | 'showState'>, now: () => Date) =>
  (event: ProxyEvent, why: string): (() => void) => {
    const notice = inPlaceOf(event, why, { owner: desk.owner.name, now: now() })
    if (notice?.kind === 'failed') {
      desk.history.setState(notice.id, 'failed', notice.reason)
      return () => desk.showState(notice.id)
    }
    if (notice?.kind !== 'message') return () => {}
    const { message, placement } = notice
    desk.history.take(message, { stored: false, placement })
    return () => desk.show(message.id)
  }
