/** Messages that the peer has not confirmed: kept in the browser, so that neither a crash nor a reload loses their text. */
import { readStored, storedKeys, writeStored } from './browser-storage.ts'

export interface UnsentMessage {
  readonly id: string
  readonly peer: string
  readonly text: string
  readonly timestamp: string
}

const PREFIX = 'unsent:'

export const keepUnsent = (message: UnsentMessage): void => writeStored(PREFIX + message.id, JSON.stringify(message))

export const dropUnsent = (id: string): void => writeStored(PREFIX + id, null)

/** All that were kept, the oldest first. */
export function readUnsent(): readonly UnsentMessage[] {
  return storedKeys(PREFIX)
    .map(key => parseUnsent(readStored(key)))
    .filter(message => message !== undefined)
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
}

/** Undefined for anything that this page did not write. */
export function parseUnsent(stored: string | null): UnsentMessage | undefined {
  try {
    const value: unknown = JSON.parse(stored ?? '')
    return isUnsent(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isUnsent(value: unknown): value is UnsentMessage {
  if (typeof value !== 'object' || value === null) return false
  const fields: Partial<Record<keyof UnsentMessage, unknown>> = value
  return [fields.id, fields.peer, fields.text, fields.timestamp].every(field => typeof field === 'string')
}
