/** What the person looks back at: the conversations, pages of one, messages found by their words. */
import { cut } from '../shared/protocol/cut.ts'
import type { MessageRecord } from '../shared/protocol/message.ts'
import { nameKey, sameName } from '../shared/protocol/names.ts'
import { type ConversationRow, type HistoryPage, MOST_CONVERSATIONS } from '../shared/protocol/peer-api.ts'
import type { Desk } from './desk.ts'
import type { Talks } from './talks.ts'

/** Most characters of the newest messages of all conversations, and how much of one is told beyond that. */
const LAST_CHARACTERS = 8 * 1024 * 1024
const BEGINNING = 200

export class LookingBack {
  readonly #desk: Desk
  readonly #talks: Pick<Talks, 'chosenIn'>

  constructor(desk: Desk, talks: Pick<Talks, 'chosenIn'>) {
    this.#desk = desk
    this.#talks = talks
  }

  /** Where there are more than fit, those that the routing table names come first; of what is too much in all, a text is its beginning. */
  conversations(): ConversationRow[] {
    const { history } = this.#desk
    let room = LAST_CHARACTERS
    return this.#shown(history.conversations()).map(peer => {
      const [newest] = history.before(peer, Number.MAX_SAFE_INTEGER, 1).messages
      const unread = history.reading.unread(peer)
      const personality = this.#talks.chosenIn(peer)
      const last = newest === undefined ? null : this.#desk.record(newest)
      room -= last?.message.length ?? 0
      const told = last !== null && room < 0 ? { ...last, message: cut(last.message, BEGINNING) } : last
      return { peer, unread, last: told, ...(personality !== undefined && { personality }) }
    })
  }

  #shown(names: readonly string[]): readonly string[] {
    if (names.length <= MOST_CONVERSATIONS) return names
    const known = new Set(this.#desk.peers().map(({ name }) => nameKey(name)))
    const isKnown = (name: string) => known.has(nameKey(name))
    const ordered = [...names.filter(isKnown), ...names.filter(name => !isKnown(name))]
    return ordered.slice(0, MOST_CONVERSATIONS)
  }

  /** A page of history, oldest first; `before` is the message where the page before it ends, wherever an import moved it. */
  page(peer: string, { before, limit }: { before?: string | undefined; limit: number }): HistoryPage {
    const desk = this.#desk
    conversationOf(desk, peer)
    // Before one that was cleared meanwhile there is nothing any more.
    const end = before === undefined ? Number.MAX_SAFE_INTEGER : (desk.history.find(before)?.arrival ?? 0)
    const { messages, more } = desk.history.before(peer, end, limit)
    const oldest = messages.at(-1)
    return {
      messages: messages.reverse().map(row => desk.record(row)),
      before: more && oldest !== undefined ? oldest.id : null,
    }
  }

  async search(query: string, limit: number): Promise<MessageRecord[]> {
    const rows = await this.#desk.history.texts.search(query, limit)
    return rows.map(row => this.#desk.record(row))
  }
}

/**
 * The conversation's name: of a known peer, or of one that is no longer in the table but was talked to.
 * @throws {UnknownPeerError | NotReadyError}
 */
export const conversationOf = (desk: Desk, name: string): string =>
  desk.history.conversations().find(conversation => sameName(conversation, name)) ?? desk.requirePeer(name).name
