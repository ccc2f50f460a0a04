/** Puts imported messages into the history of a peer that does not run: all of them, or none. */

import * as z from 'zod'
import type { Store } from '../../shared/process/store.ts'
import { nameKey } from '../../shared/protocol/names.ts'
import { figure } from '../../shared/written.ts'
import { History } from '../history.ts'
import type { Imported } from './imported.ts'
import { Places } from './places.ts'

/** After so many it is said how far it has come. */
const MANY = 20_000
const Present = z.object({ reason: z.string().nullable() })

export type Outcome = {
  /** How many are new, by conversation. */
  readonly added: ReadonlyMap<string, number>
  /** New own messages that never left. */
  readonly failed: number
  /** How many were there already. */
  readonly known: number
  /** Own messages that an earlier import found not to have left, and that have by now. */
  readonly leftSince: number
  /** Whether some had been cleared here. */
  readonly wereCleared: boolean
}

export function importInto(store: Store, messages: readonly Imported[], say: (line: string) => void): Promise<Outcome> {
  return store.write(() => {
    const fresh = messages.filter(({ message }) => find(store, message.id) === undefined)
    const leftSince = messages.filter(one => hasLeftSince(store, one)).length
    const failed = fresh.filter(({ failure }) => failure !== undefined).length
    const outcome = { added: countsOf(fresh), failed, known: messages.length - fresh.length, leftSince }
    return { ...outcome, wereCleared: fresh.length > 0 && add(store, fresh, say) }
  })
}

const find = (store: Store, id: string) => store.get(Present, 'SELECT reason FROM message WHERE id = ?', id)

/** What the person sent again meanwhile is no longer failed. */
function hasLeftSince(store: Store, { message, outgoing, failure }: Imported): boolean {
  if (!outgoing || failure !== undefined) return false
  const sql =
    "UPDATE message SET state = 'received', reason = NULL WHERE id = ? AND state = 'failed' AND stream IS NULL"
  return store.run(sql, message.id) > 0
}

function countsOf(messages: readonly Imported[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { conversation } of messages) counts.set(conversation, (counts.get(conversation) ?? 0) + 1)
  return counts
}

/** Inside a write. @returns whether some had been cleared */
function add(store: Store, messages: readonly Imported[], say: (line: string) => void): boolean {
  const places = new Places(store)
  const placed = messages
    .map(one => ({ ...one, place: places.of(one.conversation, one.time) }))
    .sort((a, b) => a.place - b.place || a.time - b.time)
  if (places.makeRoom(placed.map(({ place }) => place))) new History(store).texts.empty()
  let cleared = 0
  placed.forEach((one, index) => {
    insert(store, one, one.place + index)
    // Whoever asks for an import wants it all, and an id stands for the same message as before.
    cleared += store.run('DELETE FROM cleared_message WHERE id = ?', one.message.id)
    if ((index + 1) % MANY === 0) say(`${figure(index + 1)} of ${figure(placed.length)} messages`)
  })
  return cleared > 0
}

/** Read by whoever had the Python overlay; an own one is where it was sent to, unless it never left. */
function insert(store: Store, { conversation, outgoing, failure, message }: Imported, arrival: number): void {
  const key = nameKey(conversation)
  const { id, sender, destination, message: text, timestamp, type, metadata } = message
  const state = outgoing ? (failure === undefined ? 'received' : 'failed') : null
  store.run(
    `INSERT INTO message (arrival, id, conversation, outgoing, sender, destination, message, timestamp, type, metadata, state, reason)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[arrival, id, key, outgoing ? 1 : 0, sender, destination, text, timestamp, type, JSON.stringify(metadata)],
    ...[state, failure ?? null],
  )
  store.run(
    `INSERT INTO conversation (key, name, read) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET read = max(read, excluded.read)`,
    ...[key, conversation, arrival],
  )
}
