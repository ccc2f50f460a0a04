/** Automatic replies: who answers what, decided purely. */
import type { PeerKind } from '../shared/protocol/local.ts'
import type { Message } from '../shared/protocol/message.ts'
import type { ReplyMode } from '../shared/protocol/peer-api.ts'

/**
 * How a message is to be answered without the person. Nothing that a machine wrote is ever answered by a machine, so
 * two automatic peers fall silent after one reply.
 */
export function replyTo(
  message: Message,
  { mode, kind }: { mode: ReplyMode; kind: PeerKind },
): 'none' | Exclude<ReplyMode, 'manual'> {
  const byMachine = message.metadata.autoReply === true || message.metadata.replyTo !== undefined
  return mode === 'manual' || message.type !== 'chat' || byMachine || kind !== 'person' ? 'none' : mode
}

/** Who is away answers the same sender at most once in this time, in milliseconds. */
const AWAY_MS = 60_000

/**
 * Whether it is time for another reply of one who is away. A last reply in the future means that the clock was set back:
 * that silences nobody.
 */
export const isTimeForAway = (now: number, last: number | undefined): boolean =>
  last === undefined || now - last >= AWAY_MS || now < last

/** One of the replies. @param unlike what it must not repeat, where there is a choice: the first of them before the others */
export function pickReply(
  replies: readonly string[],
  { unlike, random }: { unlike: readonly string[]; random: () => number },
): string {
  const others = replies.filter(reply => !unlike.includes(reply))
  if (others.length === 0 && unlike.length > 0) return pickReply(replies, { unlike: unlike.slice(0, -1), random })
  return others[Math.floor(random() * others.length)] ?? ''
}
