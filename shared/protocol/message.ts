/** The message that every part carries, and the record of it that a peer shows. */
import * as z from 'zod'
import { MESSAGE_BYTES, utf8Bytes } from './message-length.ts'
import { PeerName } from './names.ts'

export { beginningOf, MESSAGE_BYTES, utf8Bytes } from './message-length.ts'

/** Largest metadata of a message, in bytes of JSON. */
export const METADATA_BYTES = 16 * 1024

export const MessageId = z.uuid().describe('UUIDv7 made by the sender')
/** SQLite ends a text at a zero character, so that none may come in. */
export const MessageText = z.string().refine(text => !text.includes('\0'), 'must not contain a zero character')
/** Words of another process for a person: what it failed of. Kept even where a zero character is in them. */
export const Words = z.string().overwrite(text => text.replaceAll('\0', ' '))
export const MessageType = z.enum(['chat', 'command', 'notification', 'subscription'])
export type MessageType = z.infer<typeof MessageType>

/** Tokens a provider counted for one answer. `input` includes cached tokens, `output` includes thinking. */
export const Usage = z.object({
  input: z.int().nonnegative(),
  output: z.int().nonnegative(),
  cached: z.int().nonnegative().optional(),
  thinking: z.int().nonnegative().optional(),
})
export type Usage = z.infer<typeof Usage>

/** What one answer cost, by the price table of the configuration. Nothing where the model is not in it. */
export const Cost = z.object({
  amount: z.number().nonnegative(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  priceDate: z.iso.date().describe('the day from which the price is known'),
})
export type Cost = z.infer<typeof Cost>

/** What of the conversation went along with a question. */
export const ContextFacts = z.object({
  turns: z.int().nonnegative(),
  leftOut: z.int().nonnegative().describe('earlier turns that did not fit into the budget'),
  tokens: z.int().nonnegative().optional().describe('estimated'),
  personality: z.string().optional(),
})
export type ContextFacts = z.infer<typeof ContextFacts>

/** Why an answer ended, in the words all providers share. */
export const Ending = z.enum(['stop', 'length', 'refused', 'filtered', 'cancelled', 'interrupted'])
export type Ending = z.infer<typeof Ending>

/** A small JSON object beside the text. The fields named here are those that the overlay itself reads. */
export const Metadata = z.looseObject({
  autoReply: z.boolean().optional().describe('written by a machine on its own; never answered automatically'),
  replyTo: MessageId.optional().describe('the message that this one answers'),
  asksAgain: MessageId.optional().describe('the question that this one repeats'),
  model: z.string().optional(),
  ending: Ending.optional(),
  endingDetail: z.string().optional().describe('a sentence for the reader where the ending needs one'),
  usage: Usage.optional(),
  cost: Cost.optional(),
  context: ContextFacts.optional().describe('what of the conversation went along with the question'),
  fallback: z
    .object({ route: PeerName, reason: z.string() })
    .optional()
    .describe('the route that answered instead, and why the one that was asked did not'),
  firstPieceMs: z.number().optional(),
  totalMs: z.number().optional(),
  leftOut: z.array(z.string()).optional().describe('parameters of the route that the API does not take'),
  demo: z.boolean().optional().describe('answered by the demonstration provider'),
  personality: z.string().optional().describe('on the answer to a command: the one in force from now on, or none'),
  readings: z.array(z.number()).max(1_000).optional().describe('values that a service measured, oldest first'),
  unit: z.string().max(16).optional().describe('of the readings'),
  time: z.iso.datetime().optional().describe('when the readings were taken'),
  error: z.object({ code: z.string(), retryable: z.boolean() }).optional().describe('on a notice of a failed answer'),
})
export type Metadata = z.infer<typeof Metadata>

export const Message = z.object({
  id: MessageId,
  sender: PeerName,
  destination: PeerName,
  message: MessageText,
  timestamp: z.iso.datetime().describe("the sender's time"),
  type: MessageType,
  metadata: Metadata,
})
export type Message = z.infer<typeof Message>

/** What a sender sees of a message, beside the three ways in which it may not progress. */
export const MessageState = z.enum(['accepted', 'delivered', 'received', 'read', 'waiting', 'failed', 'cancelled'])
export type MessageState = z.infer<typeof MessageState>

/** A message as a peer keeps and shows it. */
export const MessageRecord = Message.extend({
  conversation: PeerName.describe("the other peer's name"),
  state: MessageState,
  reason: z.string().optional().describe('why it waits, failed, or what became of it'),
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
