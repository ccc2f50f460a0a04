/** Sends what the reader writes. A message is on the screen at once, and its text is never lost. */
import { v7 as uuidv7 } from 'uuid'
import { isolated } from '../../../shared/page/isolated.ts'
import type { MessageRecord } from '../../../shared/protocol/message.ts'
import type { PeerApi } from '../api.ts'
import type { ChatState } from './chat-state.ts'
import type { Entry } from './entry.ts'
import { nameKey } from './names.ts'
import { dropUnsent, keepUnsent, readUnsent, type UnsentMessage } from './outbox.ts'
import { wordsOf } from './problem.ts'
import { isAddressOf } from './route.ts'

export class Sending {
  readonly #state: ChatState
  readonly #post: PeerApi['send']
  /** The last posting of each conversation: the next one waits for it, so that order is kept. */
  readonly #last = new Map<string, Promise<void>>()

  constructor(state: ChatState, post: PeerApi['send']) {
    this.#state = state
    this.#post = post
  }

  /** A text for another conversation than the one of the page's address goes nowhere: it is put back into its composer. */
  send(peer: string, text: string): void {
    if (!isAddressOf(peer)) {
      this.#state.recalled.value = { peer, text }
      return
    }
    const message: UnsentMessage = { id: uuidv7(), peer, text, timestamp: new Date().toISOString() }
    keepUnsent(message)
    this.#state.conversation(peer).unreadFrom.value = null
    this.#enqueue(message)
  }

  /** Posts a message again that was not taken, with the id it had: it cannot arrive twice. It is now the latest. */
  again(entry: Entry): void {
    const { id, conversation: peer, message: text, timestamp } = entry.record.peek()
    this.#state.conversation(peer).remove(id)
    this.#enqueue({ id, peer, text, timestamp })
  }

  discard(entry: Entry): void {
    dropUnsent(entry.id)
    this.#state.conversation(entry.record.peek().conversation).remove(entry.id)
  }

  /** Shows what an earlier visit could not send. */
  restore(): void {
    for (const message of readUnsent()) {
      this.#state
        .conversation(message.peer)
        .put(this.#recordOf(message), { kind: 'unsent', reason: 'the page was closed before it was confirmed' })
    }
  }

  #enqueue(message: UnsentMessage): void {
    this.#state.conversation(message.peer).put(this.#recordOf(message), { kind: 'sending' })
    const previous = this.#last.get(nameKey(message.peer)) ?? Promise.resolve()
    this.#last.set(
      nameKey(message.peer),
      previous.then(() => this.#deliver(message)),
    )
  }

  /** Never rejects: what goes wrong is told at the message. */
  async #deliver({ id, peer, text }: UnsentMessage): Promise<void> {
    const conversation = this.#state.conversation(peer)
    try {
      const { state } = await this.#post(peer, { id, message: text })
      dropUnsent(id)
      const entry = conversation.get(id)
      if (entry !== undefined && entry.progress.peek().kind !== 'kept')
        conversation.put({ ...entry.record.peek(), state })
    } catch (error) {
      const entry = conversation.get(id)
      if (entry === undefined || entry.progress.peek().kind === 'kept') return
      const reason = wordsOf(error)
      entry.progress.value = { kind: 'unsent', reason }
      this.#state.announcement.value = `Not sent to ${isolated(this.#state.shown(peer))}: ${reason}`
    }
  }

  #recordOf({ id, peer, text, timestamp }: UnsentMessage): MessageRecord {
    return {
      id,
      sender: this.#state.me.peek()?.name ?? '',
      destination: peer,
      message: text,
      timestamp,
      type: 'chat',
      metadata: {},
      conversation: peer,
      state: 'accepted',
    }
  }
}
