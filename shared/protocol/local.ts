/** What a proxy offers on its local side: to its own peer, and to programs on the same machine. */
import * as z from 'zod'
import { Count, LAST_MOMENT, MOST_NAMES, Place, Time, text } from './bounds.ts'
import { Context } from './conversation.ts'
import {
  ANSWER_BYTES,
  KeptMessage,
  KeptMetadata,
  MessageId,
  MessageText,
  MessageType,
  Metadata,
  Words,
} from './message.ts'
import { DisplayName, PeerName } from './names.ts'

/** A message handed to the proxy. The proxy adds its own name as the sender. */
export const Submission = z.object({
  id: MessageId,
  destination: PeerName,
  message: MessageText,
  timestamp: Time,
  type: MessageType.default('chat'),
  metadata: Metadata.default({}),
  context: Context.optional().describe('for an AI: the conversation before this question'),
  attempt: z
    .int()
    .nonnegative()
    .max(LAST_MOMENT)
    .default(0)
    .describe('grows when a person sends a failed one again; the same attempt is taken once'),
})
export type Submission = z.infer<typeof Submission>

/** A submission that was kept before. */
export const KeptSubmission = Submission.extend({ metadata: KeptMetadata.default({}) })

/** Where in the stream to its destination a message stands. Messages to an AI have no stream. */
export const Placement = z.object({ stream: z.uuid(), sequence: Place })
export type Placement = z.infer<typeof Placement>

export const Accepted = z.object({ id: MessageId, state: z.literal('accepted'), placement: Placement.optional() })
export type Accepted = z.infer<typeof Accepted>

/** Most messages that are handed over at once. */
const SUBMISSIONS = 256

const Refusal = z.object({ id: MessageId, state: z.literal('failed'), code: text(64), reason: Words })
export const SubmissionBatch = z.object({
  store: z.uuid().optional().describe('the disk that they are meant for; a proxy with another one refuses them'),
  messages: z.array(Submission).min(1).max(SUBMISSIONS),
})
export const SubmissionResults = z.object({ results: z.array(z.union([Accepted, Refusal])).max(SUBMISSIONS) })
export type SubmissionResult = z.infer<typeof SubmissionResults>['results'][number]

export const PeerKind = z.enum(['person', 'ai', 'service'])
export type PeerKind = z.infer<typeof PeerKind>
/** What a service can be told, each as it is written; a word after the first stands for something to fill in. */
export const CommandUsages = z.array(z.string().max(100)).max(50)

export const PeerEntry = z.object({
  id: PeerName,
  name: PeerName,
  kind: PeerKind,
  displayName: DisplayName.optional().describe('what the peer calls itself; its name stays its address'),
  online: z.boolean(),
  model: text(200).optional().describe('of an API that the own proxy calls'),
  commands: CommandUsages.optional().describe('what a service that was met can be told'),
})
export type PeerEntry = z.infer<typeof PeerEntry>
export const PeerList = z.array(PeerEntry).max(MOST_NAMES)

/** How far the messages of one stream have come; every mark is cumulative. */
export const Marks = z.object({
  stream: z.uuid(),
  delivered: Count,
  received: Count,
  read: Count,
})
export type Marks = z.infer<typeof Marks>

/** A piece of an answer that is still being written. `offset` counts the characters before it. */
export const Delta = z.object({
  id: MessageId.describe('the id that the whole answer will have'),
  replyTo: MessageId,
  offset: Count,
  text: text(ANSWER_BYTES),
  demo: z.literal(true).optional().describe('the demonstration provider answers'),
})
export type Delta = z.infer<typeof Delta>

/** Why a machine stops an answer; without it, it is the person who does. */
export const StopReason = z.enum(['page_closed', 'message_full'])
export type StopReason = z.infer<typeof StopReason>

/** A passing thing worth no storage: shown if it arrives, forgotten if it does not. */
export const Signal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('typing') }),
  z.object({ kind: z.literal('delta'), delta: Delta }),
  z.object({
    kind: z.literal('stop'),
    replyTo: MessageId.describe('the message whose answer is no longer wanted'),
    why: StopReason.optional(),
  }),
])
export type Signal = z.infer<typeof Signal>
export const SignalSubmission = z.object({ destination: PeerName, signal: Signal })

/** How the proxy stands to its controller. It is never in the path of a message: without it, only changes wait. */
export const ControllerEvent = z.object({
  kind: z.literal('controller'),
  reachable: z.boolean(),
  joined: z.boolean().describe('the proxy has a routing table, of now or of before'),
})
export type ControllerEvent = z.infer<typeof ControllerEvent>

/**
 * What the proxy tells its peer. Events with a `cursor` are kept until the peer acknowledged them; the others
 * describe the present and are sent anew at each connection.
 */
export const ProxyEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hello'),
    name: PeerName,
    store: z.uuid().describe('names the disk: cursors and placements of another one mean nothing here'),
    forgotten: Count.describe('kept events up to this cursor were acknowledged and are gone'),
  }),
  z.object({
    kind: z.literal('message'),
    cursor: Place,
    message: KeptMessage,
    placement: Placement.optional().describe('in the stream from its sender'),
    stored: z.boolean(),
  }),
  z.object({
    kind: z.literal('failed'),
    cursor: Place,
    id: MessageId,
    destination: PeerName,
    reason: Words,
    cancelled: z.boolean(),
  }),
  z.object({
    kind: z.literal('restarted'),
    cursor: Place,
    destination: PeerName,
    from: z.uuid().describe('the stream that ended'),
    to: z.uuid().describe('the stream in which the messages after `acknowledged` go on'),
    acknowledged: Count.describe('messages up to here are lost unless they were received'),
  }),
  z.object({ kind: z.literal('progress'), destination: PeerName, marks: Marks }),
  z.object({ kind: z.literal('waiting'), destination: PeerName, reason: Words.nullable() }),
  z.object({ kind: z.literal('asking'), id: MessageId, destination: PeerName }),
  z.object({ kind: z.literal('signal'), sender: PeerName, signal: Signal }),
  z.object({ kind: z.literal('peers'), peers: PeerList }),
  ControllerEvent,
])
export type ProxyEvent = z.infer<typeof ProxyEvent>

/** `store` names the proxy's disk that the cursor belongs to: for another one it means nothing. */
export const CursorAcknowledgement = z.object({ store: z.uuid(), cursor: Count })
export type CursorAcknowledgement = z.infer<typeof CursorAcknowledgement>
export const ReadMark = z.object({ sender: PeerName, placement: Placement })
