/** Who is in the list of conversations, and in which order. */

import type { ConversationRow, Peer } from '../../../shared/protocol/peer-api.ts'
import { shownName } from '../../../shared/protocol/shown-name.ts'
import { compareNumbered } from '../../../shared/written.ts'
import { nameKey, sameName } from './names.ts'

export interface Person {
  readonly name: string
  /** What is read of it: what it calls itself, with its name where that is another one. */
  readonly shown: string
  readonly kind: Peer['kind']
  readonly online: boolean
  /** Of an API that the own proxy calls. */
  readonly model?: string | undefined
  /** Of a service that was met: what it can be told. */
  readonly commands?: readonly string[] | undefined
  /** False for a peer that is only known from history: the routes no longer name it. */
  readonly reachable: boolean
  readonly row: ConversationRow | undefined
}

const kindOrder = { person: 0, ai: 1, service: 2 } as const

/** Those who were talked to, the latest first; then the others by kind and name. */
export function listPeople(peers: readonly Peer[], rows: readonly ConversationRow[]): readonly Person[] {
  const rowOf = new Map(rows.map(row => [nameKey(row.peer), row]))
  const known = peers.map(({ name, displayName, kind, online, model, commands }): Person => {
    const shown = shownName({ name, displayName })
    return { name, shown, kind, online, model, commands, reachable: true, row: rowOf.get(nameKey(name)) }
  })
  const gone = rows
    .filter(row => row.last !== null && !peers.some(peer => sameName(peer.name, row.peer)))
    .map((row): Person => ({ name: row.peer, shown: row.peer, kind: 'person', online: false, reachable: false, row }))
  return [...known, ...gone].sort(
    (a, b) => lastTime(b) - lastTime(a) || kindOrder[a.kind] - kindOrder[b.kind] || compareNumbered(a.name, b.name),
  )
}

function lastTime({ row }: Person): number {
  return row === undefined || row.last === null ? 0 : Date.parse(row.last.timestamp)
}

export const totalUnread = (rows: readonly ConversationRow[]): number => rows.reduce((sum, row) => sum + row.unread, 0)
