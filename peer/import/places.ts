/**
 * Where in a history messages belong that are older than it, and room for them there. The place of a message is the
 * arrival of the one before which it goes; several may have the same.
 */
import * as z from 'zod'
import type { Store } from '../../shared/process/store.ts'
import { nameKey } from '../../shared/protocol/names.ts'

const Arrival = z.object({ arrival: z.int() })
const End = z.object({ end: z.int() })
const Mark = z.object({ key: z.string(), value: z.int() })

export class Places {
  readonly #store: Store
  /** Where what is newer than everything goes: an arrival that never was. */
  readonly end: number

  /** Inside a write, in which all of it is used. */
  constructor(store: Store) {
    this.#store = store
    const newest =
      "max((SELECT coalesce(max(arrival), 0) FROM message), coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'message'), 0))"
    this.end = store.get(End, `SELECT ${newest} + 1 AS end`)?.end ?? 1
    // The time up to which a conversation, and the whole history, has come with each message: clocks differ, and jump.
    store.run(
      `CREATE TEMP TABLE present AS
         SELECT arrival, conversation,
           max(time) OVER (PARTITION BY conversation ORDER BY arrival) AS here,
           max(time) OVER (ORDER BY arrival) AS anywhere
         FROM (SELECT arrival, conversation, CAST(round(coalesce(unixepoch(timestamp, 'subsec'), 0) * 1000) AS INTEGER) AS time FROM message)`,
    )
    store.run('CREATE INDEX temp.present_here ON present (conversation, here, arrival)')
    store.run('CREATE INDEX temp.present_anywhere ON present (anywhere, arrival)')
  }

  /** Behind all of its conversation that is not newer, and before what is newer in any other. */
  of(conversation: string, time: number): number {
    const before = this.#store.get(
      Arrival,
      'SELECT arrival FROM present WHERE anywhere > ? ORDER BY anywhere, arrival LIMIT 1',
      time,
    )
    const after = this.#store.get(
      Arrival,
      'SELECT arrival FROM present WHERE conversation = ? AND here <= ? ORDER BY here DESC, arrival DESC LIMIT 1',
      nameKey(conversation),
      time,
    )
    return Math.max(before?.arrival ?? this.end, (after?.arrival ?? 0) + 1)
  }

  /**
   * Moves everything that is there behind what goes before it, with the marks that say how far it was read. The message
   * at a place of the list then has the arrival `place + index`.
   * @param places in ascending order @returns whether anything had to move
   */
  makeRoom(places: readonly number[]): boolean {
    const store = this.#store
    this.#moveMessages(places)
    this.#moveMarks(places)
    store.run("UPDATE sqlite_sequence SET seq = ? WHERE name = 'message'", this.end - 1 + places.length)
    store.run('DROP TABLE temp.present')
    return (places[0] ?? this.end) < this.end
  }

  /** By way of negative numbers, so that none meets another one on its way. */
  #moveMessages(places: readonly number[]): void {
    places.forEach((place, index) => {
      const next = places[index + 1] ?? this.end
      if (next === place || place === this.end) return
      const move = 'UPDATE message SET arrival = -(arrival + ?) WHERE arrival >= ? AND arrival < ?'
      this.#store.run(move, index + 1, place, next)
    })
    this.#store.run('UPDATE message SET arrival = -arrival WHERE arrival < 0')
  }

  #moveMarks(places: readonly number[]): void {
    for (const [table, key, column] of [
      ['conversation', 'key', 'read'],
      ['conversation', 'key', 'told'],
      ['choice', 'conversation', 'since'],
    ] as const) {
      const marks = this.#store.all(Mark, `SELECT ${key} AS key, ${column} AS value FROM ${table}`)
      for (const { key: name, value } of marks) {
        const sql = `UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`
        this.#store.run(sql, value + countUpTo(places, value), name)
      }
    }
  }
}

/** How many of an ascending list are at most that. */
function countUpTo(places: readonly number[], value: number): number {
  const next = places.findIndex(place => place > value)
  return next === -1 ? places.length : next
}
