/** Sending a message again that failed or was taken back, and asking a question again that an AI has answered. */
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../shared/protocol/conversation.ts'
import { InvalidInputError } from '../shared/protocol/errors.ts'
import type { MessageAccepted } from '../shared/protocol/peer-api.ts'
import type { Desk } from './desk.ts'
import type { StoredMessage } from './stored-message.ts'

export type SendingAgainParts = {
  readonly desk: Desk
  /** What goes along with a question that was asked before; nothing with what is none. */
  readonly contextFor: (row: StoredMessage) => Context | undefined
  readonly now: () => Date
}

export class SendingAgain {
  readonly #parts: SendingAgainParts

  constructor(parts: SendingAgainParts) {
    this.#parts = parts
  }

  /**
   * Under its own id, so that nobody takes it for another message. An AI that is a peer has that id and would not hear it
   * once more: what it answered is asked again as a new message.
   * @returns the id under which it goes
   * @throws {InvalidInputError} when it is on its way, arrived where nobody answers, or is still being answered
   */
  async send(id: string, find: (id: string) => StoredMessage): Promise<MessageAccepted> {
    const { desk } = this.#parts
    const { to, show } = await desk.store.write(() => this.#hand(find(id)))
    show()
    const row = find(to)
    desk.attend(row)
    desk.workWaits()
    return { id: to, state: desk.record(row).state }
  }

  /** Inside a write. */
  #hand(row: StoredMessage): { to: string; show: () => void } {
    const { desk } = this.#parts
    if (row.state === 'failed' || row.state === 'cancelled') return this.#underItsId(row)
    const isQuestion = row.type === 'chat' && desk.kindOf(row.name) === 'ai'
    const isApi = desk.modelOf(row.name) !== undefined
    if (isQuestion && isApi && row.state === 'received') return this.#underItsId(row)
    if (isQuestion && !isApi && desk.said.isAnswered(row) && !desk.said.isBeingRepeated(row)) return this.#anew(row)
    throw new InvalidInputError({
      what: 'Cannot send it again',
      field: 'id',
      detail: 'is not of a message that failed or was cancelled, nor of a question that an AI has answered',
    })
  }

  #underItsId(row: StoredMessage): { to: string; show: () => void } {
    const { desk, contextFor, now } = this.#parts
    const { id, destination, message, timestamp, type, metadata } = row
    const context = contextFor(row)
    const attempt = desk.settings.nextAttempt(now().getTime())
    desk.history.setState(id, null)
    desk.outbox.add({ id, destination, message, timestamp, type, metadata, attempt, ...(context && { context }) })
    return { to: id, show: () => desk.showState(id) }
  }

  #anew({ id, sender, destination, message, type }: StoredMessage): { to: string; show: () => void } {
    const { desk, now } = this.#parts
    const again = {
      id: uuidv7(),
      sender,
      destination,
      message,
      timestamp: now().toISOString(),
      type,
      metadata: { asksAgain: id },
    }
    desk.post(again)
    return { to: again.id, show: () => desk.showPosted(again) }
  }
}
