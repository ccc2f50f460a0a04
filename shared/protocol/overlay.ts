/** What one proxy sends another: a batch of one stream, and the cumulative acknowledgement. */
import * as z from 'zod'
import { Count, Place, words } from './bounds.ts'
import { CommandUsages, Marks, PeerKind, Signal } from './local.ts'
import { Message } from './message.ts'
import { DisplayName, PeerName } from './names.ts'

/** Most messages in one request between proxies, and most bytes of them as JSON; a single one may have more. */
export const BATCH_MESSAGES = 256
export const BATCH_BYTES = 256 * 1024

/** Largest acknowledgement, in bytes of JSON. */
export const ACKNOWLEDGEMENT_BYTES = 1024 * 1024

/** How far a stream was received by the peer at its end, and read there. */
export const ReceiptMarks = Marks.omit({ delivered: true })
export type ReceiptMarks = z.infer<typeof ReceiptMarks>

/** Who stands behind a proxy, whether it is attached now, what it can be told if it is a service that was attached, and what it is called. */
export const Presence = z.object({
  kind: PeerKind,
  online: z.boolean(),
  commands: CommandUsages.optional(),
  displayName: DisplayName.optional()
    .catch(undefined)
    .describe('what it is called; one that may not be shown is left out'),
})
export type Presence = z.infer<typeof Presence>

/** `message` is null where the sender gave one up: its place in the sequence is taken, nothing is to be delivered. */
const BatchItem = z.object({
  sequence: Place,
  message: Message.nullable(),
  stored: z.boolean().describe('it waited at the sender’s proxy'),
})
export type BatchItem = z.infer<typeof BatchItem>

/**
 * `stream` names one numbering of messages to one name, which begins at the sequence `begin`. `to` is the name in the
 * sender's table, which need not be the name that the recipient goes by. `oldest` is the first sequence that the sender
 * still holds; before it everything was acknowledged.
 */
export const Batch = z.object({
  from: PeerName,
  to: PeerName,
  stream: z.uuid(),
  begin: Place,
  oldest: Place,
  messages: z.array(BatchItem).max(BATCH_MESSAGES),
  receipts: z.array(ReceiptMarks).max(16).describe('how far streams in the other direction were received and read'),
  presence: Presence,
  signals: z.array(Signal).max(256),
})
export type Batch = z.infer<typeof Batch>

/** Why one message was refused: all of an acknowledgement stays far below {@link ACKNOWLEDGEMENT_BYTES}. */
const RefusalWords = words(500)

/**
 * `acknowledged` is cumulative: everything up to it is safe on the recipient's disk or was refused for good. `continues` is
 * false when nothing was taken because the two stores do not fit together: the recipient lost what it had acknowledged, or
 * the sender lost what it had sent. The sender then begins another stream.
 */
export const Acknowledgement = z.object({
  continues: z.boolean(),
  acknowledged: Count,
  refused: z.array(z.object({ sequence: Place, reason: RefusalWords })).max(BATCH_MESSAGES),
  receipts: ReceiptMarks,
  presence: Presence,
})
export type Acknowledgement = z.infer<typeof Acknowledgement>
