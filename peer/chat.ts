/** What the person does: send, send again, stop, read, clear. */
import { v7 as uuidv7 } from 'uuid'
import { failpoint } from '../shared/process/failpoint.ts'
import { IdConflictError, InvalidInputError, NotFoundError, TooLargeError } from '../shared/protocol/errors.ts'
import type { StopReason } from '../shared/protocol/local.ts'
import { MESSAGE_BYTES, type Message, utf8Bytes } from '../shared/protocol/message.ts'
import type { MessageAccepted, ReplyMode } from '../shared/protocol/peer-api.ts'
import type { Arrivals } from './arrivals.ts'
import { digestOf } from './cleared.ts'
import { Clearing } from './clearing.ts'
import { type Command, commandOf } from './command.ts'
import type { Desk } from './desk.ts'
import { conversationOf } from './looking-back.ts'
import { SendingAgain } from './sending-again.ts'
import type { StoredMessage } from './stored-message.ts'
import type { TakingBack } from './taking-back.ts'
import { type Talks, talkWith } from './talks.ts'

export type ChatParts = {
  readonly desk: Desk
  readonly talks: Talks
  readonly takingBack: TakingBack
  readonly arrivals: Pick<Arrivals, 'stopErrand'>
  readonly now: () => Date
}

export class Chat {
  readonly #parts: ChatParts
  readonly #clearing: Clearing
  readonly #again: SendingAgain

  constructor(parts: ChatParts) {
    this.#parts = parts
    this.#clearing = new Clearing(parts.desk.store, parts.desk.history.texts)
    const contextFor = (row: StoredMessage) => this.#contextFor(row.name, { text: row.message, arrival: row.arrival })
    this.#again = new SendingAgain({ ...parts, contextFor })
  }

  /**
   * Accepts a message: resolves once it is on disk. The same id and text again give the same answer. A command to an API is
   * answered here; a peer answers commands itself.
   * @throws {UnknownPeerError | InvalidInputError | TooLargeError | IdConflictError}
   */
  async send(
    to: string,
    { message: text, id = uuidv7() }: { message: string; id?: string | undefined },
  ): Promise<MessageAccepted> {
    const { desk, now } = this.#parts
    const { name } = desk.requirePeer(to)
    checkText(text)
    const command = desk.modelOf(name) === undefined ? undefined : commandOf(text)
    const message: Message = {
      id,
      sender: desk.owner.name,
      destination: name,
      message: text,
      timestamp: now().toISOString(),
      type: command === undefined ? 'chat' : 'command',
      metadata: {},
    }
    const show = await desk.store.write(() => {
      const kept = command === undefined ? this.#post(message) : this.#answer(message, command)
      failpoint('peer: before a message is committed')
      return kept
    })
    if (show === undefined) return same(desk, message)
    failpoint('peer: before a message is acknowledged')
    show()
    return { id, state: command === undefined ? 'accepted' : 'received' }
  }

  /**
   * Sends a failed or cancelled message again, or asks again what an AI has answered.
   * @throws {NotFoundError | InvalidInputError}
   */
  async retry(id: string): Promise<MessageAccepted> {
    return this.#again.send(id, own => this.#own(own))
  }

  /** Stops an answer that streams, by its id or its question's, also one that the own AI writes, or takes back a message that still waits. */
  async cancel(id: string, why?: StopReason): Promise<MessageAccepted> {
    const { desk, takingBack, arrivals } = this.#parts
    const question = desk.answers.question(id) ?? id
    const errand = desk.errands.findByMessage(question)
    if (errand !== undefined) {
      await arrivals.stopErrand(errand.question, why)
      return { id: question, state: 'received' }
    }
    const row = this.#own(question)
    const here = await desk.store.write(() => {
      if (desk.handingOver.has(question) || !desk.outbox.remove(question)) return false
      desk.history.setState(question, 'cancelled', 'Taken back before it was sent.')
      return true
    })
    if (here) {
      desk.isOver(question)
      desk.showState(question)
    } else if (row.sequence !== null && desk.answers.to(question) !== undefined)
      takingBack.atPeer(row.name, question, why)
    else {
      const isAnsweredByPeer = desk.kindOf(row.name) === 'ai' && desk.modelOf(row.name) === undefined
      if (isAnsweredByPeer && !desk.said.isAnswered(row))
        await takingBack.ofAnswerTo({ id: question, peer: row.name }, why)
      else await takingBack.atProxy(question, why)
    }
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

  async setMode(mode: ReplyMode): Promise<void> {
    const { desk } = this.#parts
    const refuse = (detail: string) => new InvalidInputError({ what: 'Cannot change the mode', field: 'mode', detail })
    if (desk.owner.fixed) throw refuse('is fixed: this peer is an assistant')
    if (mode === 'assistant' && desk.owner.route === undefined)
      throw refuse('assistant needs an AI: the configuration has none among its routes')
    await desk.store.write(() => desk.settings.setMode(mode))
    desk.pages.emit('me', desk.me)
  }

  /** Inside a write. @returns what to do once it is on disk; undefined when its id is there already */
  #post(message: Message): (() => void) | undefined {
    const { desk } = this.#parts
    const context = this.#contextFor(message.destination, { text: message.message })
    if (!desk.post(message, context)) return undefined
    return () => {
      desk.showPosted(message)
      desk.attend(message)
      desk.workWaits()
    }
  }

  /** Inside a write: a command and its answer are kept together, so that neither is there twice. */
  #answer(message: Message, command: Command): (() => void) | undefined {
    const { desk, talks, now } = this.#parts
    const { id, sender, destination: api } = message
    if (!desk.history.add(api, message, { outgoing: true, stored: false })) return undefined
    desk.history.setState(id, 'received')
    const { text, metadata } = talks.carryOut(command, talkWith(api))
    const answer = {
      ...{ id: uuidv7(), sender: api, destination: sender, message: text, timestamp: now().toISOString() },
      ...{ type: 'notification' as const, metadata: { ...metadata, replyTo: id } },
    }
    desk.history.add(api, answer, { outgoing: false, stored: false })
    return () => {
      desk.show(id)
      desk.show(answer.id)
    }
  }

  /** A question to an API carries the conversation so far. Peers get only what is said to them. */
  #contextFor(name: string, question: { text: string; arrival?: number }) {
    const { desk, talks } = this.#parts
    return desk.modelOf(name) === undefined ? undefined : talks.contextOf(talkWith(name), question)
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
