/**
 * What a peer does when a proxy lost its disk. Everything it sent is still in its own history, and whoever receives a
 * message twice shows it once: so what its own proxy may have lost is handed over again, and what another one lost is
 * said, with the way to send it again.
 */
import type { ProxyEvent } from '../shared/protocol/local.ts'
import { nameKey } from '../shared/protocol/names.ts'
import type { AutomaticReplies } from './automatic-replies.ts'
import type { Desk } from './desk.ts'
import { SELECT_MESSAGE, StoredMessage } from './stored-message.ts'

const UNKNOWN =
  'The outcome is unknown: the own proxy lost its disk while the answer was under way. Retry asks again, and may cost again.'

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
    for (const { id } of lost)
      desk.history.setState(id, 'failed', `${destination}'s proxy lost it before ${destination} received it.`)
    store.run(
      'UPDATE message SET stream = ? WHERE conversation = ? AND stream = ? AND sequence > ?',
      to,
      key,
      from,
      acknowledged,
    )
    return () => {
      for (const { id } of lost) desk.showState(id)
    }
  }

  /** Inside a write: all that is not known to be received goes to the front of the outbox, in its order. */
  #handOverAnew(): (() => void)[] {
    const { desk, replies, now } = this.#parts
    const { history, outbox, store } = desk
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
        attempt: now().getTime(),
      })),
    )
    const errands = desk.errands.all().filter(({ question }) => !waiting.has(question))
    const show = () => {
      for (const { id } of handedOver) desk.showState(id)
    }
    return [show, ...errands.map(({ question }) => replies.reportFailure(question, UNKNOWN))]
  }
}
