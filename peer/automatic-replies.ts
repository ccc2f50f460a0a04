/** Answers without the person: canned ones, and an assistant's through its AI. Kept with the message that they answer. */
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../shared/process/log.ts'
import { errorText } from '../shared/protocol/errors.ts'
import type { Delta, Signal, StopReason } from '../shared/protocol/local.ts'
import { beginningOf, MESSAGE_BYTES, type Message, utf8Bytes } from '../shared/protocol/message.ts'
import { CannedReplies } from './canned-replies.ts'
import { type Command, commandOf } from './command.ts'
import type { Desk } from './desk.ts'
import type { Errand } from './errands.ts'
import { replyTo } from './responder.ts'
import type { Talk, Talks } from './talks.ts'

/** Whose limit it is: not the model's, which wrote on, and not the person's who asked. */
const cutBy = (assistant: string, { route, bytes }: { route: string; bytes: number }): string =>
  `${assistant} passes answers on as messages, and a message of this overlay holds ${MESSAGE_BYTES / 1024} KiB: this is the beginning of an answer of ${Math.ceil(bytes / 1024)} KiB. Ask ${route} itself for the whole, or for less.`

/** How an assistant answers: through which route, and with which personality until somebody chooses another one. */
export type Assistant = { readonly route: string; readonly personality: string | undefined }

export type ReplyParts = {
  readonly desk: Desk
  readonly cannedReplies: readonly string[]
  readonly assistant: Assistant | undefined
  readonly talks: Talks
  /** Passes a piece of an assistant's answer on to who asked. */
  readonly passOn: (asker: string, piece: Signal) => void
  /** Stops a question that the proxy has. */
  readonly stopAtProxy: (question: string, why: StopReason | undefined) => Promise<void>
  readonly log: Pick<Log, 'info'>
  readonly random: () => number
  readonly now: () => Date
}

export class AutomaticReplies {
  readonly #parts: ReplyParts
  readonly #canned: CannedReplies

  constructor(parts: ReplyParts) {
    this.#parts = parts
    this.#canned = new CannedReplies(parts.desk.store, parts)
  }

  /** Inside a write, after the message was kept. @returns what to do once it is on disk */
  reply(message: Message): () => void {
    const { desk } = this.#parts
    const how = replyTo(message, { mode: desk.me.mode, kind: desk.kindOf(message.sender) })
    switch (how) {
      case 'none':
        return () => {}
      case 'canned':
      case 'away':
        return this.#answerCanned(message, this.#canned.next(message.sender, how))
      case 'assistant':
        return this.#assist(message)
      default:
        return how satisfies never
    }
  }

  #answerCanned({ id, sender }: Message, text: string | undefined): () => void {
    if (text === undefined) return () => {}
    const metadata = { autoReply: true, replyTo: id }
    return this.#post({ id: uuidv7(), destination: sender, message: text, type: 'chat', metadata })
  }

  /** Commands are for an assistant. To a person "help" is a question like any other, whoever answers it. */
  #assist(message: Message): () => void {
    const { desk, assistant } = this.#parts
    const { id, sender } = message
    if (assistant === undefined)
      return this.#apologize({ reply: uuidv7(), asker: sender, replyTo: id }, 'the configuration has no AI route.')
    const talk = { ...assistantTalk(desk.owner.name, assistant), conversation: sender }
    const command = desk.owner.fixed ? commandOf(message.message) : undefined
    return command === undefined ? this.#ask(message, talk) : this.#obey(message, command, talk)
  }

  #ask(message: Message, talk: Talk): () => void {
    const { desk, talks } = this.#parts
    const question = uuidv7()
    const arrival = desk.history.find(message.id)?.arrival ?? Number.MAX_SAFE_INTEGER
    const context = talks.contextOf(talk, { text: message.message, arrival })
    desk.errands.add({ question, asker: message.sender, replyTo: message.id, reply: uuidv7() })
    const { id: _, ...asked } = { ...message, destination: talk.route, timestamp: this.#timestamp() }
    desk.outbox.add({ ...asked, id: question, metadata: {}, context })
    return () => desk.workWaits()
  }

  /** What is kept as a command is not said to the AI. */
  #obey({ id, sender }: Message, command: Command, talk: Talk): () => void {
    const { desk, talks } = this.#parts
    desk.said.wasCommand(id)
    const { text, metadata } = talks.carryOut(command, talk)
    return this.#post({
      ...{ id: uuidv7(), destination: sender, message: text },
      ...{ type: 'notification', metadata: { ...metadata, replyTo: id } },
    })
  }

  /**
   * Inside a write: the AI answered an errand; the answer goes to who asked, under the assistant's name. It is a message
   * now, and has their limit.
   */
  reportBack(answer: Message, errand: Errand): () => void {
    const { question, asker, reply, replyTo: original } = errand
    this.#parts.desk.errands.done(question)
    const message = beginningOf(answer.message)
    const { displayName } = this.#parts.desk.owner
    const endingDetail = cutBy(displayName, { route: answer.sender, bytes: utf8Bytes(answer.message) })
    const cut = message !== answer.message && { ending: 'length' as const, endingDetail }
    const metadata = { ...answer.metadata, ...cut, autoReply: true, replyTo: original }
    return this.#post({ id: reply, destination: asker, message, type: answer.type, metadata })
  }

  /** Inside a write: nothing came of a question. If somebody waits for it, they are told. */
  reportFailure(question: string, reason: string): () => void {
    const { desk } = this.#parts
    const errand = desk.errands.find(question)
    if (errand === undefined) return () => {}
    desk.errands.done(question)
    return this.#apologize(errand, reason)
  }

  #apologize({ reply, asker, replyTo: original }: Omit<Errand, 'question'>, reason: string): () => void {
    const metadata = { autoReply: true, replyTo: original, error: { code: 'no_answer', retryable: true } }
    const message = `${this.#parts.desk.owner.displayName} cannot answer this: ${reason}`
    return this.#post({ id: reply, destination: asker, message, type: 'notification', metadata })
  }

  /** Whoever asked no longer wants the answer to a message. */
  stop(asker: string, { replyTo: message, why }: Extract<Signal, { kind: 'stop' }>): void {
    const errand = this.#parts.desk.errands.findFor(asker, message)
    if (errand === undefined) return
    const { log } = this.#parts
    this.stopErrand(errand.question, why).catch(error =>
      log.info({ why: errorText(error) }, 'there was nothing to stop'),
    )
  }

  /** Stops what the own AI is asked for somebody: here while the proxy cannot have it, else there. @throws as `stopAtProxy` */
  async stopErrand(question: string, why: StopReason | undefined): Promise<void> {
    const { desk, stopAtProxy } = this.#parts
    const told = await desk.store.write(() =>
      desk.handingOver.has(question) || !desk.outbox.remove(question)
        ? undefined
        : this.reportFailure(question, 'Stopped before it was asked.'),
    )
    if (told === undefined) await stopAtProxy(question, why)
    else told()
  }

  /** A piece for an errand belongs to the conversation with who asked, and is passed on. @returns whose and which piece it is */
  redirect(sender: string, piece: Delta): { conversation: string; delta: Delta & { own?: true } } {
    const errand = this.#parts.desk.errands.find(piece.replyTo)
    if (errand === undefined) return { conversation: sender, delta: piece }
    const delta = { ...piece, id: errand.reply, replyTo: errand.replyTo }
    this.#parts.passOn(errand.asker, { kind: 'delta', delta })
    return { conversation: errand.asker, delta: { ...delta, own: true } }
  }

  #post(message: Omit<Message, 'sender' | 'timestamp'>): () => void {
    const { desk } = this.#parts
    desk.post({ ...message, sender: desk.owner.name, timestamp: this.#timestamp() })
    return () => {
      desk.answers.end(message.id)
      desk.show(message.id)
      desk.workWaits()
    }
  }

  #timestamp(): string {
    return this.#parts.now().toISOString()
  }
}

const assistantTalk = (ai: string, { route, personality: usual }: Assistant): Omit<Talk, 'conversation'> => ({
  ai,
  route,
  usual,
  own: 'assistant',
})
