/** What the person does: send, send again, stop, read, clear. */
import { v7 as uuidv7 } from 'uuid'
import { failpoint } from '../shared/process/failpoint.ts'
import { IdConflictError, InvalidInputError, NotFoundError, TooLargeError } from '../shared/protocol/errors.ts'
import type { StopReason } from '../shared/protocol/local.ts'
import { MESSAGE_BYTES, type Message, utf8Bytes } from '../shared/protocol/message.ts'
import type { MessageAccepted } from '../shared/protocol/peer-api.ts'
import { digestOf } from './cleared.ts'
import { Clearing } from './clearing.ts'
import { type ContextLimits, contextOf } from './context.ts'
import type { Desk } from './desk.ts'
import { conversationOf } from './looking-back.ts'
import type { StoredMessage } from './stored-message.ts'

export type ChatParts = {
  readonly desk: Desk
  readonly limits: ContextLimits
  /** Asks the proxy to take back a message or stop an answer. */
  readonly cancelAtProxy: (id: string, why?: StopReason) => Promise<void>
  /** Tells another peer, which is writing an answer, that it is no longer wanted. */
  readonly stopAtPeer: (peer: string, question: string, why?: StopReason) => void
  readonly now: () => Date
}

export class Chat {
  readonly #parts: ChatParts
  readonly #clearing: Clearing

  constructor(parts: ChatParts) {
    this.#parts = parts
    this.#clearing = new Clearing(parts.desk.store, parts.desk.history.texts)
  }

  /**
   * Accepts a message: resolves once it is on disk. The same id and text again give the same answer.
   * @throws {UnknownPeerError | InvalidInputError | TooLargeError | IdConflictError}
   */
  async send(
    to: string,
    { message: text, id = uuidv7() }: { message: string; id?: string | undefined },
  ): Promise<MessageAccepted> {
    const { desk, now } = this.#parts
    const { name } = desk.requirePeer(to)
    checkText(text)
    const message: Message = {
      id,
      sender: desk.owner.name,
      destination: name,
      message: text,
      timestamp: now().toISOString(),
      type: 'chat',
      metadata: {},
    }
    const context = this.#contextFor(name)
    const isNew = await desk.store.write(() => {
      const posted = desk.post(message, context)
      failpoint('peer: before a message is committed')
      return posted
    })
    if (!isNew) return same(desk, message)
    failpoint('peer: before a message is acknowledged')
    desk.showPosted(message)
    desk.attend(id, name)
    desk.workWaits()
    return { id, state: 'accepted' }
  }

  /** Sends a failed or cancelled message again, under its own id. @throws {NotFoundError | InvalidInputError} */
  async retry(id: string): Promise<MessageAccepted> {
    const { desk } = this.#parts
    const row = this.#own(id)
    if (row.state !== 'failed' && row.state !== 'cancelled')
      throw new InvalidInputError({
        what: 'Cannot send it again',
        field: 'id',
        detail: 'is not of a failed or cancelled message',
      })
    const { destination, message, timestamp, type, metadata } = row
    const context = this.#contextFor(destination)
    await desk.store.write(() => {
      desk.history.setState(id, null)
      desk.outbox.add({
        id,
        destination,
        message,
        timestamp,
        type,
        metadata,
        attempt: desk.settings.nextAttempt(this.#parts.now().getTime()),
        ...(context && { context }),
      })
    })
    desk.showState(id)
    desk.attend(id, destination)
    desk.workWaits()
    return { id, state: desk.record(this.#own(id)).state }
  }

  /** Stops an answer that streams, by its id or its question's, or takes back a message that still waits. */
  async cancel(id: string, why?: StopReason): Promise<MessageAccepted> {
    const { desk, cancelAtProxy, stopAtPeer } = this.#parts
    const question = desk.answers.question(id) ?? id
    const row = this.#own(question)
    const here = await desk.store.write(() => {
      if (desk.handingOver.has(question) || !desk.outbox.remove(question)) return false
      desk.history.setState(question, 'cancelled', 'Taken back before it was sent.')
      return true
    })
    if (here) desk.showState(question)
    else if (row.sequence !== null && desk.answers.to(question) !== undefined) stopAtPeer(row.name, question, why)
    else await cancelAtProxy(question, why)
    return { id: question, state: desk.record(desk.history.find(question) ?? row).state }
  }

  async markRead(peer: string): Promise<void> {
    const { desk } = this.#parts
    const conversation = conversationOf(desk, peer)
    if (!(await desk.store.write(() => desk.history.reading.markRead(conversation)))) return
    desk.pages.emit('read', { conversation })
    desk.workWaits()
  }

  async clear(peer: string): Promise<void> {
    const { desk } = this.#parts
    const conversation = conversationOf(desk, peer)
    await this.#clearing.clear(conversation)
    desk.pages.emit('cleared', { conversation })
  }

  async clearAll(): Promise<void> {
    const { desk } = this.#parts
    await this.#clearing.clearAll()
    desk.pages.emit('cleared', { conversation: null })
  }

  async setMode(mode: 'manual' | 'canned'): Promise<void> {
    const { desk } = this.#parts
    if (desk.owner.mode === 'assistant')
      throw new InvalidInputError({
        what: 'Cannot change the mode',
        field: 'mode',
        detail: 'is fixed: this peer is an assistant',
      })
    await desk.store.write(() => desk.settings.setMode(mode))
    desk.pages.emit('me', desk.me)
  }

  /** A question to an AI carries the conversation so far. Pure peers get only what is said to them. */
  #contextFor(name: string) {
    const { desk, limits } = this.#parts
    if (desk.kindOf(name) !== 'ai') return undefined
    return contextOf(desk.history.before(name, Number.MAX_SAFE_INTEGER, limits.turns * 2), { own: 'user', limits })
  }

  #own(id: string): StoredMessage {
    const row = this.#parts.desk.history.find(id)
    if (row?.outgoing) return row
    throw new NotFoundError(`Cannot find message ${id}: this peer sent none with that id.`)
  }
}

function checkText(text: string): void {
  if (text.trim() === '')
    throw new InvalidInputError({ what: 'Cannot send the message', field: 'message', detail: 'is empty', status: 400 })
  const bytes = utf8Bytes(text)
  if (bytes > MESSAGE_BYTES) throw new TooLargeError('The message', { bytes, limit: MESSAGE_BYTES })
}

/** The answer to a message whose id is known. @throws {IdConflictError} when the id stands for another one */
function same(desk: Desk, { id, destination, message }: Message): MessageAccepted {
  const known = desk.history.find(id)
  const digest = known === undefined ? desk.history.cleared.find(id)?.digest : digestOf(known.message)
  if (!desk.history.isOf(id, { conversation: destination, outgoing: true }) || digest !== digestOf(message))
    throw new IdConflictError(id)
  return { id, state: known === undefined ? 'accepted' : desk.record(known).state }
}
