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
): 'none' | 'canned' | 'assistant' {
  const byMachine = message.metadata.autoReply === true || message.metadata.replyTo !== undefined
  if (mode === 'manual' || message.type !== 'chat' || byMachine || kind !== 'person') return 'none'
  return mode === 'away' ? 'canned' : mode
}

/** One of the replies, never the same twice in a row. */
export function pickReply(
  replies: readonly string[],
  { last, random }: { last: string | undefined; random: () => number },
): string {
  const others = replies.length > 1 ? replies.filter(reply => reply !== last) : replies
  return others[Math.floor(random() * others.length)] ?? replies[0] ?? ''
}
