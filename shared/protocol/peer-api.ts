/** The public contract of a peer: what its page and any other program may ask of it. */
import * as z from 'zod'
import { Count, text, URL_LENGTH } from './bounds.ts'
import { type PeerEntry, PeerList } from './local.ts'
import { ANSWER_BYTES, MessageId, MessageRecord, MessageState, MessageText, Words } from './message.ts'
import { PeerName } from './names.ts'

/**
 * How a person's peer answers: by hand; with a random canned reply; with one at most once a sender and minute; through an
 * AI. The peer of an assistant always does the last.
 */
export const ReplyMode = z.enum(['manual', 'canned', 'away', 'assistant'])
export type ReplyMode = z.infer<typeof ReplyMode>

export const Me = z.object({
  name: PeerName,
  displayName: text(64),
  mode: ReplyMode,
  fixed: z.boolean().describe('the mode cannot be changed: this is the peer of an assistant'),
  route: PeerName.optional().describe('the AI route through which it answers as an assistant; without one it cannot'),
})
export type Me = z.infer<typeof Me>
export const MeChange = z.strictObject({ mode: ReplyMode })

/** Whom this peer reaches: its own proxy, and through that the controller. */
export const Connection = z.object({
  proxy: z.boolean(),
  controller: z.boolean().describe('without it messages flow, but changes of routes and keys wait'),
  joined: z.boolean().describe('the own proxy has a routing table; without one nothing can be sent'),
})
export type Connection = z.infer<typeof Connection>
export const Links = z.object({
  dashboard: z.url().max(URL_LENGTH),
  connected: z.boolean().describe('the own proxy answers'),
  controller: Connection.shape.controller,
  joined: Connection.shape.joined,
})

export const Peers = PeerList
export type Peer = z.infer<typeof PeerEntry>

export const ConversationRow = z.object({
  peer: PeerName,
  unread: Count,
  last: MessageRecord.nullable(),
  personality: text(32).optional().describe('chosen for this conversation with an AI'),
})
export type ConversationRow = z.infer<typeof ConversationRow>
/** Most conversations of one peer. */
export const MOST_CONVERSATIONS = 20_000
export const Conversations = z.array(ConversationRow).max(MOST_CONVERSATIONS)

/** A command that an AI's conversation understands. */
export const CommandEntry = z.object({ command: text(100), does: text(500).describe('in a few words') })
export type CommandEntry = z.infer<typeof CommandEntry>
export const Commands = z.array(CommandEntry).max(1_000)

/** Most messages in one page of history. */
export const PAGE_MESSAGES = 200
export const HistoryQuery = z.object({
  before: z.uuid('must be the id of the oldest message of a page').optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MESSAGES).default(50),
})
export const HistoryPage = z.object({
  messages: z.array(MessageRecord).max(PAGE_MESSAGES),
  before: MessageId.nullable().describe(
    'where the page before it ends: its oldest message; null where there is none before',
  ),
})
export type HistoryPage = z.infer<typeof HistoryPage>

export const NewMessage = z.strictObject({ message: MessageText, id: MessageId.optional() })
export const MessageAccepted = z.object({ id: MessageId, state: MessageState })
export type MessageAccepted = z.infer<typeof MessageAccepted>

/** Most messages that a search finds. */
const SEARCH_HITS = 100
export const SearchQuery = z.object({
  q: z.string().min(1).max(200),
  limit: z.coerce.number().int().min(1).max(SEARCH_HITS).default(50),
})
export const SearchHits = z.array(MessageRecord).max(SEARCH_HITS)

/** The data of each event on `GET /api/events`, by the event's name. */
export const PeerEvents = {
  message: MessageRecord,
  state: z.object({ id: MessageId, conversation: PeerName, state: MessageState, reason: Words.optional() }),
  delta: z.object({
    id: MessageId.describe('the id that the whole answer will have'),
    conversation: PeerName,
    text: text(ANSWER_BYTES),
    offset: Count.describe('characters before this piece; a repeated piece overwrites itself'),
    replyTo: MessageId,
    demo: z.literal(true).optional(),
    own: z.literal(true).optional().describe('this peer itself writes it, through its AI, for the other one'),
  }),
  typing: z.object({ conversation: PeerName }),
  peers: PeerList,
  read: z.object({ conversation: PeerName }),
  cleared: z.object({ conversation: PeerName.nullable().describe('null: all of them') }),
  connection: Connection,
  me: Me,
  conversations: Conversations.describe('what there is so far; told by `GET /api/present`'),
  reset: z.object({}).describe('events were missed: read everything anew'),
} as const
export type PeerEventName = keyof typeof PeerEvents
export type PeerEventData<N extends PeerEventName> = z.infer<(typeof PeerEvents)[N]>
