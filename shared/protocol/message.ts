/** The message that every part carries, and the record of it that a peer shows. */
import * as z from 'zod'
import { Count, json, Sum, Time, Took, text, WORDS_LENGTH, words } from './bounds.ts'
import { ANSWER_BYTES, MESSAGE_BYTES, utf8Bytes } from './message-length.ts'
import { PeerName } from './names.ts'

export { ANSWER_BYTES, beginningOf, MESSAGE_BYTES, utf8Bytes } from './message-length.ts'

/** Largest metadata of a message, in bytes of JSON. */
export const METADATA_BYTES = 16 * 1024

export const MessageId = z.uuid().describe('UUIDv7 made by the sender')
/** SQLite ends a text at a zero character, so that none may come in. */
const withoutZero = (most: number) =>
  text(most).refine(text => !text.includes('\0'), 'must not contain a zero character')
/**
 * The text of a message that is sent. {@link oversize} judges its length, in words of its own; the length here, in characters,
 * is beyond what the body of any call holds.
 */
export const MessageText = withoutZero(4 * 1024 * 1024)
/** The text of a message on its way, be it the answer of an API. */
const CarriedText = withoutZero(ANSWER_BYTES)
/** Words of another process for a person: what it failed of. */
export const Words = words(WORDS_LENGTH)
export const MessageType = z.enum(['chat', 'command', 'notification', 'subscription'])
export type MessageType = z.infer<typeof MessageType>

/** Tokens a provider counted for one answer. `input` includes cached tokens, `output` includes thinking. */
export const Usage = z.object({
  input: Count,
  output: Count,
  cached: Count.optional(),
  thinking: Count.optional(),
})
export type Usage = z.infer<typeof Usage>

/** What one answer cost, by the price table of the configuration. Nothing where the model is not in it. */
export const Cost = z.object({
  amount: Sum,
  currency: z.string().regex(/^[A-Z]{3}$/),
  priceDate: z.iso.date().describe('the day from which the price is known'),
})
export type Cost = z.infer<typeof Cost>

/** What of the conversation went along with a question. */
export const ContextFacts = z.object({
  turns: Count,
  leftOut: Count.describe('earlier turns that did not fit into the budget'),
  tokens: Count.optional().describe('estimated'),
  personality: text(32).optional(),
})
export type ContextFacts = z.infer<typeof ContextFacts>

/** Why an answer ended, in the words all providers share. */
export const Ending = z.enum(['stop', 'length', 'refused', 'filtered', 'cancelled', 'interrupted'])
export type Ending = z.infer<typeof Ending>

/** How deep metadata may be nested, itself included. */
export const METADATA_LEVELS = 8

/** A number that a service measured. */
const Reading = z.number().min(-1e100).max(1e100)

/** The fields that the overlay itself reads. */
const KnownMetadata = z.object({
  autoReply: z.boolean().optional().describe('written by a machine on its own; never answered automatically'),
  replyTo: MessageId.optional().describe('the message that this one answers'),
  asksAgain: MessageId.optional().describe('the question that this one repeats'),
  model: text(200).optional(),
  ending: Ending.optional(),
  endingDetail: Words.optional().describe('a sentence for the reader where the ending needs one'),
  usage: Usage.optional(),
  cost: Cost.optional(),
  context: ContextFacts.optional().describe('what of the conversation went along with the question'),
  fallback: z
    .object({ route: PeerName, reason: Words })
    .optional()
    .describe('the route that answered instead, and why the one that was asked did not'),
  firstPieceMs: Took.optional(),
  totalMs: Took.optional(),
  leftOut: z.array(text(64)).max(64).optional().describe('parameters of the route that the API does not take'),
  demo: z.boolean().optional().describe('answered by the demonstration provider'),
  personality: text(32).optional().describe('on the answer to a command: the one in force from now on, or none'),
  readings: z.array(Reading).max(1_000).optional().describe('values that a service measured, oldest first'),
  unit: z.string().max(16).optional().describe('of the readings'),
  time: Time.optional().describe('when the readings were taken'),
  error: z
    .object({ code: text(64), retryable: z.boolean() })
    .optional()
    .describe('on a notice of a failed answer'),
})

/** A small JSON object beside the text. */
export const Metadata = KnownMetadata.catchall(
  json(METADATA_LEVELS - 1, `makes the metadata more than ${METADATA_LEVELS} levels deep`),
)
export type Metadata = z.infer<typeof Metadata>

export const Message = z.object({
  id: MessageId,
  sender: PeerName,
  destination: PeerName,
  message: CarriedText,
  timestamp: Time.describe("the sender's time"),
  type: MessageType,
  metadata: Metadata,
})
export type Message = z.infer<typeof Message>

/** Metadata that was kept before: what an earlier version took and this one would not is left out, and the message stays. */
export const KeptMetadata = Metadata.catch({})
/** A message that was kept before. */
export const KeptMessage = Message.extend({ metadata: KeptMetadata })

/** What a sender sees of a message, beside the three ways in which it may not progress. */
export const MessageState = z.enum(['accepted', 'delivered', 'received', 'read', 'waiting', 'failed', 'cancelled'])
export type MessageState = z.infer<typeof MessageState>

/** Longest text of a message in a history, in characters: earlier versions kept answers without a limit. */
const RECORD_LENGTH = 64 * 1024 * 1024

/** A message as a peer keeps and shows it. */
export const MessageRecord = Message.extend({
  message: text(RECORD_LENGTH),
  conversation: PeerName.describe("the other peer's name"),
  state: MessageState,
  reason: Words.optional().describe('why it waits, failed, or what became of it'),
  stored: z.literal(true).optional().describe('it waited on the way'),
})
export type MessageRecord = z.infer<typeof MessageRecord>

/** What of a message is larger than its limit, in bytes; undefined when it fits. */
export function oversize({
  message,
  metadata,
}: Pick<Message, 'message' | 'metadata'>): { what: 'message' | 'metadata'; bytes: number; limit: number } | undefined {
  const text = utf8Bytes(message)
  if (text > MESSAGE_BYTES) return { what: 'message', bytes: text, limit: MESSAGE_BYTES }
  const data = utf8Bytes(JSON.stringify(metadata))
  return data > METADATA_BYTES ? { what: 'metadata', bytes: data, limit: METADATA_BYTES } : undefined
}
