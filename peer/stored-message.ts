/** A message as it lies in the peer's store, with the marks of its stream beside it. */
import * as z from 'zod'
import { storedJson } from '../shared/process/stored-json.ts'
import { KeptMetadata, type Message, MessageType } from '../shared/protocol/message.ts'

const bit = z.int().transform(value => value === 1)

/** How a message stands: a row without its text, with the marks of its stream; `state` is set where no mark can tell. */
export const Standing = z.object({
  arrival: z.int(),
  id: z.string(),
  name: z.string(),
  outgoing: bit,
  sequence: z.int().nullable(),
  state: z.enum(['received', 'failed', 'cancelled']).nullable(),
  reason: z.string().nullable(),
  delivered: z.int().nullable(),
  received: z.int().nullable(),
  read: z.int().nullable(),
  readHere: z.int(),
})
export type Standing = z.infer<typeof Standing>

export const StoredMessage = Standing.extend({
  sender: z.string(),
  destination: z.string(),
  message: z.string(),
  timestamp: z.string(),
  type: MessageType,
  metadata: storedJson(KeptMetadata),
  stored: bit,
  stream: z.string().nullable(),
})
export type StoredMessage = z.infer<typeof StoredMessage>

const STANDING = 'm.arrival, m.id, m.outgoing, m.sequence, m.state, m.reason'
const TEXT = 'm.sender, m.destination, m.message, m.timestamp, m.type, m.metadata, m.stored, m.stream'
const BESIDE = `c.name, c.read AS readHere, k.delivered, k.received, k.read FROM message m
  JOIN conversation c ON c.key = m.conversation
  LEFT JOIN mark k ON k.conversation = m.conversation AND k.stream = m.stream`

/** Every column of {@link Standing}, before any WHERE. */
export const SELECT_STANDING = `SELECT ${STANDING}, ${BESIDE}`

/** Every column of {@link StoredMessage}, before any WHERE. */
export const SELECT_MESSAGE = `SELECT ${STANDING}, ${TEXT}, ${BESIDE}`

/** An own message as it is right after it was added: no place in a stream, nothing known of it. */
export const justPosted = (message: Message): StoredMessage => ({
  arrival: 0,
  id: message.id,
  name: message.destination,
  outgoing: true,
  sequence: null,
  state: null,
  reason: null,
  delivered: null,
  received: null,
  read: null,
  readHere: 0,
  sender: message.sender,
  destination: message.destination,
  message: message.message,
  timestamp: message.timestamp,
  type: message.type,
  metadata: message.metadata,
  stored: false,
  stream: null,
})
