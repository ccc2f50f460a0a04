/** Reads what the page shows from its peer and no event tells: history page by page when it is looked at, and what does not change. */
import { batch } from '@preact/signals'
import type { PeerApi } from '../api.ts'
import type { ChatState } from './chat-state.ts'
import type { Conversation } from './conversation.ts'
import { firstUnread } from './unread.ts'

const PAGE = 60
/** The most one page of history may hold. */
const LARGEST_PAGE = 200

type Source = Pick<PeerApi, 'links' | 'commands' | 'history'>

export class Loading {
  readonly #state: ChatState
  readonly #source: Source
  readonly #busy = new WeakMap<Conversation, Promise<void>>()

  constructor(state: ChatState, source: Source) {
    this.#state = state
    this.#source = source
  }

  /** Reads anew every conversation whose history was shown, and what does not change by events. */
  async shown(): Promise<void> {
    await Promise.all([this.links(), this.commands(), ...[...this.#state.conversations()].map(one => this.#again(one))])
  }

  async links(): Promise<void> {
    this.#state.links.value = await this.#source.links()
  }

  async commands(): Promise<void> {
    this.#state.commands.value = await this.#source.commands()
  }

  /** Reads the newest page unless it is here already. */
  async newest(conversation: Conversation): Promise<void> {
    await this.#alone(conversation, async () => {
      if (conversation.phase.peek() !== 'ready') await this.#readNewest(conversation)
    })
  }

  /** Reads the page before the oldest message here. */
  async older(conversation: Conversation, limit = PAGE): Promise<void> {
    await this.#alone(conversation, async () => {
      const before = conversation.before.peek()
      if (before === null) return
      conversation.showOlder(await this.#source.history(conversation.peer, { before, limit }))
    })
  }

  /** Reads older pages until the message is here. Tells whether it was found. */
  async until(conversation: Conversation, id: string): Promise<boolean> {
    await this.newest(conversation)
    while (conversation.get(id) === undefined && conversation.before.peek() !== null) {
      await this.older(conversation, LARGEST_PAGE)
    }
    return conversation.get(id) !== undefined
  }

  async #again(conversation: Conversation): Promise<void> {
    if (conversation.phase.peek() === 'none') return
    await this.#alone(conversation, () => this.#readNewest(conversation))
  }

  async #readNewest(conversation: Conversation): Promise<void> {
    const first = conversation.phase.peek() !== 'ready'
    if (first) conversation.phase.value = 'loading'
    const unread = this.#state.unreadOf(conversation.peer)
    const known = conversation.ids()
    try {
      const page = await this.#source.history(conversation.peer, { limit: Math.min(LARGEST_PAGE, PAGE + unread) })
      const from = firstUnread(page.messages, unread)
      batch(() => {
        conversation.showNewest(page, known)
        if (from !== undefined) conversation.unreadFrom.value ??= from
      })
    } catch (error) {
      if (first) conversation.phase.value = 'failed'
      throw error
    }
  }

  /** One reading of a conversation at a time: a second caller waits for the first, then does its own. */
  async #alone(conversation: Conversation, work: () => Promise<void>): Promise<void> {
    const previous = this.#busy.get(conversation) ?? Promise.resolve()
    const mine = previous.catch(() => undefined).then(work)
    this.#busy.set(conversation, mine)
    await mine
  }
}
