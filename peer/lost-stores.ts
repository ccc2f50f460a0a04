/**
 * What a peer does when a proxy lost its disk. Everything it sent is still in its own history, and whoever receives a
 * message twice shows it once: so what its own proxy may have lost is handed over again, and what another one lost is
 * said, with the way to send it again.
 */
import * as z from 'zod'
import type { Placement, ProxyEvent } from '../shared/protocol/local.ts'
import { nameKey } from '../shared/protocol/names.ts'
import type { AutomaticReplies } from './automatic-replies.ts'
import type { Desk } from './desk.ts'
import { SELECT_MESSAGE, StoredMessage } from './stored-message.ts'

const UNKNOWN =
  'The outcome is unknown: the own proxy lost its disk while the answer was under way. Asking again may cost again.'

const Ended = z.object({ conversation: z.string(), next: z.string(), acknowledged: z.int() })

/** Ended streams that are remembered: places in them are told at most a moment late. */
const MOST_ENDED = 10_000

const lostBy = (name: string): string => `${name}'s proxy lost it before ${name} received it.`

export type LostStoresParts = {
  readonly desk: Desk
  readonly replies: Pick<AutomaticReplies, 'reportFailure'>
  readonly now: () => Date
}

export class LostStores {
  readonly #parts: LostStoresParts

  constructor(parts: LostStoresParts) {
    this.#parts = parts
  }

  /** The own proxy answers from a disk of that name; resolves once it may be handed messages. */
  async met(proxyStore: string): Promise<void> {
    const { desk } = this.#parts
    const known = desk.settings.proxyStore
    if (known === proxyStore) return
    const told = await desk.store.write(() => {
      desk.settings.setProxyStore(proxyStore)
      return known === undefined ? [] : this.#handOverAnew()
    })
    for (const then of told) then()
  }

  /** Inside a write: the proxy of a destination lost what it had, or what it knew of this side. @returns what to show then */
  restarted({ destination, from, to, acknowledged }: Extract<ProxyEvent, { kind: 'restarted' }>): () => void {
    const { desk } = this.#parts
    const { store } = desk
    const key = nameKey(destination)
    const sent = `${SELECT_MESSAGE} WHERE m.conversation = ? AND m.outgoing = 1 AND m.stream = ? AND m.state IS NULL`
    const received = 'm.sequence > coalesce(k.received, 0)'
    const lost = store.all(StoredMessage, `${sent} AND ${received} AND m.sequence <= ?`, key, from, acknowledged)
    for (const { id } of lost) desk.history.setState(id, 'failed', lostBy(destination))
    // One after the other may end without anything being taken: then there is one step to the last, and not one for each.
    store.run('UPDATE ended_stream SET next = ? WHERE next = ? AND acknowledged >= ?', to, from, acknowledged)
    store.run('INSERT OR REPLACE INTO ended_stream VALUES (?, ?, ?, ?)', from, key, to, acknowledged)
    store.run(
      `DELETE FROM ended_stream WHERE stream IN (SELECT stream FROM ended_stream WHERE stream <> ? LIMIT -1 OFFSET ${MOST_ENDED})`,
      from,
    )
    store.run(
      'UPDATE message SET stream = ? WHERE conversation = ? AND stream = ? AND sequence > ?',
      to,
      key,
      from,
      acknowledged,
    )
    store.run(
      `DELETE FROM mark WHERE conversation = ?1 AND stream = ?2
       AND NOT EXISTS (SELECT 1 FROM message WHERE conversation = ?1 AND outgoing = 1 AND stream = ?2)`,
      key,
      from,
    )
    return () => {
      for (const { id } of lost) desk.showState(id)
    }
  }

  /**
   * Inside a write: the proxy gave an own message its place, perhaps one in a stream that ended since.
   * @returns whether it waits there, or has come further, or was lost
   */
  place(id: string, placement: Placement): 'waits' | 'delivered' | 'lost' {
    const { history, store } = this.#parts.desk
    const ended = store.get(
      Ended,
      'SELECT conversation, next, acknowledged FROM ended_stream WHERE stream = ?',
      placement.stream,
    )
    if (ended === undefined) return history.place(id, placement) ? 'delivered' : 'waits'
    if (placement.sequence > ended.acknowledged) return this.place(id, { ...placement, stream: ended.next })
    history.place(id, placement)
    history.setState(id, 'failed', lostBy(history.find(id)?.name ?? ended.conversation))
    return 'lost'
  }

  /** Inside a write: all that is not known to be received goes to the front of the outbox, in its order. */
  #handOverAnew(): (() => void)[] {
    const { desk, replies, now } = this.#parts
    const { history, outbox, settings, store } = desk
    const open = store.all(
      StoredMessage,
      `${SELECT_MESSAGE} WHERE m.outgoing = 1 AND m.state IS NULL AND (m.sequence IS NULL OR m.sequence > coalesce(k.received, 0))
       ORDER BY m.arrival`,
    )
    const waiting = new Set(outbox.ids())
    const handedOver = open.filter(({ id }) => !waiting.has(id))
    const questions = handedOver.filter(({ sequence }) => sequence === null)
    const messages = handedOver.filter(({ sequence }) => sequence !== null)
    for (const { id } of questions) history.setState(id, 'failed', UNKNOWN)
    for (const { id } of messages) history.setState(id, null)
    outbox.addFirst(
      messages.map(({ id, destination, message, timestamp, type, metadata }) => ({
        ...{ id, destination, message, timestamp, type, metadata },
        attempt: settings.nextAttempt(now().getTime()),
      })),
    )
    const errands = desk.errands.all().filter(({ question }) => !waiting.has(question))
    const show = () => {
      for (const { id } of questions) desk.isOver(id)
      for (const { id } of handedOver) desk.showState(id)
    }
    return [show, ...errands.map(({ question }) => replies.reportFailure(question, UNKNOWN))]
  }
}
