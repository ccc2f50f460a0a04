/** A stored message as it is shown: its state read from the marks of its stream. */
import type { MessageRecord, MessageState } from '../shared/protocol/message.ts'
import type { Standing, StoredMessage } from './stored-message.ts'

/** What is so at this moment and is not stored. */
export type Surroundings = {
  /** Why messages to a name wait, if they do. */
  readonly waitingReason: (name: string) => string | undefined
  readonly isOnline: (name: string) => boolean
  /** Whether the API is answering this question now. */
  readonly isAsking: (id: string) => boolean
  readonly proxyReachable: () => boolean
}

const OWN_PROXY_AWAY = 'Your own proxy is not reachable. Message saved.'

type State = { readonly state: MessageState; readonly reason?: string }

export function stateOf(row: Standing, now: Surroundings): State {
  if (!row.outgoing) return { state: row.arrival <= row.readHere ? 'read' : 'received' }
  if (row.state !== null) return row.reason === null ? { state: row.state } : { state: row.state, reason: row.reason }
  if (row.sequence === null) return unplaced(row, now)
  if (row.sequence <= (row.read ?? 0)) return { state: 'read' }
  if (row.sequence <= (row.received ?? 0)) return { state: 'received' }
  if (row.sequence <= (row.delivered ?? 0))
    return now.isOnline(row.name)
      ? { state: 'delivered' }
      : { state: 'delivered', reason: `${row.name} is offline. Message saved.` }
  const reason = now.proxyReachable() ? now.waitingReason(row.name) : OWN_PROXY_AWAY
  return reason === undefined ? { state: 'accepted' } : { state: 'waiting', reason }
}

/** The proxy has not numbered it: it is a question to an API, or the proxy does not have it yet. */
function unplaced(row: Standing, now: Surroundings): State {
  if (now.isAsking(row.id)) return { state: 'delivered' }
  if (now.proxyReachable()) return { state: 'accepted' }
  return { state: 'waiting', reason: OWN_PROXY_AWAY }
}

export function toRecord(row: StoredMessage, now: Surroundings): MessageRecord {
  const { id, sender, destination, message, timestamp, type, metadata } = row
  return {
    id,
    sender,
    destination,
    message,
    timestamp,
    type,
    metadata,
    conversation: row.name,
    ...stateOf(row, now),
    ...(row.stored && { stored: true }),
  }
}
