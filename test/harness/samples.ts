/** Messages and the like for tests: valid, and as small as they can be. */
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid'
import type { Submission } from '../../shared/protocol/local.ts'
import type { Message } from '../../shared/protocol/message.ts'
import type { Batch } from '../../shared/protocol/overlay.ts'

export const sampleMessage = (parts: Partial<Message> = {}): Message => ({
  id: uuidv7(),
  sender: 'alice',
  destination: 'bob',
  message: 'hello',
  timestamp: '2026-01-02T03:04:05.000Z',
  type: 'chat',
  metadata: {},
  ...parts,
})

export function sampleSubmission(parts: Partial<Submission> = {}): Submission {
  const { sender: _, ...rest } = sampleMessage()
  return { ...rest, attempt: 0, ...parts }
}

/** The beginning of a stream from alice to bob. */
export const sampleBatch = (...texts: string[]): Batch => ({
  from: 'alice',
  to: 'bob',
  stream: uuidv4(),
  begin: 1,
  oldest: 1,
  messages: texts.map((message, index) => ({
    sequence: index + 1,
    message: sampleMessage({ message }),
    stored: false,
  })),
  receipts: [],
  presence: { kind: 'person', online: true },
  signals: [],
})
