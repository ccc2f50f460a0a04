/** Answers without the person: canned ones, and an assistant's through its AI. Kept with the message that they answer. */
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../shared/process/log.ts'
import { errorText } from '../shared/protocol/errors.ts'
import type { Delta, Signal, StopReason } from '../shared/protocol/local.ts'
import { beginningOf, type Message, utf8Bytes } from '../shared/protocol/message.ts'
import { CannedReplies } from './canned-replies.ts'
import { type Command, commandOf } from './command.ts'
import type { Desk } from './desk.ts'
import type { Errand } from './errands.ts'
import { cutBy, fittingPiece } from './message-room.ts'
import { replyTo } from './responder.ts'
import type { Talk, Talks } from './talks.ts'

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
  /** Errands whose reply is full: nothing more of their answers is passed on. */
  readonly #full = new Set<string>()

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
    this.#done(question)
    const message = beginningOf(answer.message)
    const { displayName } = this.#parts.desk.owner
    const bytes = answer.metadata.ending === 'cancelled' ? undefined : utf8Bytes(answer.message)
    const endingDetail = cutBy(displayName, { route: answer.sender, bytes })
    const cut = message !== answer.message && { ending: 'length' as const, endingDetail }
    const metadata = { ...answer.metadata, ...cut, autoReply: true, replyTo: original }
    return this.#post({ id: reply, destination: asker, message, type: answer.type, metadata })
  }

  /** Inside a write: nothing came of a question. If somebody waits for it, they are told. */
  reportFailure(question: string, reason: string): () => void {
    const { desk } = this.#parts
    const errand = desk.errands.find(question)
    if (errand === undefined) return () => {}
    this.#done(question)
    return this.#apologize(errand, reason)
  }

  #done(question: string): void {
    this.#parts.desk.errands.done(question)
    this.#full.delete(question)
  }

  #apologize({ reply, asker, replyTo: original }: Omit<Errand, 'question'>, reason: string): () => void {
    const metadata = { autoReply: true, replyTo: original, error: { code: 'no_answer', retryable: true } }
    const message = `${this.#parts.desk.owner.displayName} cannot answer this: ${reason}`
    return this.#post({ id: reply, destination: asker, message, type: 'notification', metadata })
  }

  /** Whoever asked no longer wants the answer to a message. */
  stop(asker: string, { replyTo: message, why }: Extract<Signal, { kind: 'stop' }>): void {
    const errand = this.#parts.desk.errands.findFor(asker, message)
    if (errand !== undefined) this.#tryToStop(errand.question, why)
  }

  #tryToStop(question: string, why: StopReason | undefined): void {
    const { log } = this.#parts
    this.stopErrand(question, why).catch(error => log.info({ why: errorText(error) }, 'there was nothing to stop'))
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

  /**
   * A piece for an errand belongs to the conversation with who asked, and is passed on. Once their message is full, nothing
   * more is, and the AI is stopped: whoever runs it pays for what it writes.
   * @returns whose and which piece it is; undefined for one that nobody gets
   */
  redirect(sender: string, piece: Delta): { conversation: string; delta: Delta & { own?: true } } | undefined {
    const { desk, passOn } = this.#parts
    const errand = desk.errands.find(piece.replyTo)
    if (errand === undefined) return { conversation: sender, delta: piece }
    const { question, asker, reply: id, replyTo } = errand
    if (this.#full.has(question)) return undefined
    const fitting = fittingPiece(piece, desk.answers.to(replyTo)?.text ?? '')
    if (fitting !== piece) {
      this.#full.add(question)
      this.#tryToStop(question, 'message_full')
    }
    if (fitting.text === '') return undefined
    const delta = { ...fitting, id, replyTo }
    passOn(asker, { kind: 'delta', delta })
    return { conversation: asker, delta: { ...delta, own: true } }
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
