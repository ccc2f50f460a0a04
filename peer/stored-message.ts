/** A message as it lies in the peer's store, with the marks of its stream beside it. */
import * as z from 'zod'
import { MessageType, Metadata } from '../shared/protocol/message.ts'

const storedMetadata = z
  .string()
  .transform(text => JSON.parse(text))
  .pipe(Metadata)
const bit = z.int().transform(value => value === 1)

/** A row with the marks of its stream beside it; `state` is set where no mark can tell. */
export const StoredMessage = z.object({
  arrival: z.int(),
  id: z.string(),
  name: z.string(),
  outgoing: bit,
  sender: z.string(),
  destination: z.string(),
  message: z.string(),
  timestamp: z.string(),
  type: MessageType,
  metadata: storedMetadata,
  stored: bit,
  stream: z.string().nullable(),
  sequence: z.int().nullable(),
  state: z.enum(['received', 'failed', 'cancelled']).nullable(),
  reason: z.string().nullable(),
  delivered: z.int().nullable(),
  received: z.int().nullable(),
  read: z.int().nullable(),
  readHere: z.int(),
})
export type StoredMessage = z.infer<typeof StoredMessage>

/** Every column of {@link StoredMessage}, before any WHERE. */
export const SELECT_MESSAGE = `
  SELECT m.*, c.name, c.read AS readHere, k.delivered, k.received, k.read FROM message m
  JOIN conversation c ON c.key = m.conversation
  LEFT JOIN mark k ON k.conversation = m.conversation AND k.stream = m.stream`
