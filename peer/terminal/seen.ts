/** Which messages this terminal has shown: each once, whether it comes as news or is looked up. */
import type { MessageRecord } from '../../shared/protocol/message.ts'
import { sameName } from '../../shared/protocol/names.ts'
import { type Me, PAGE_MESSAGES } from '../../shared/protocol/peer-api.ts'
import type { GrowingAnswers } from './growing-answers.ts'
import { unseen } from './looking-back.ts'
import { dropAnswer, finishAnswer, type Output } from './output.ts'
import type { PeerCalls } from './peer-calls.ts'
import { recordLines } from './record-lines.ts'
import type { SentMessages } from './sent-messages.ts'

export type SeenParts = {
  readonly calls: Pick<PeerCalls, 'conversations' | 'page' | 'markRead'>
  readonly me: Me
  readonly answers: GrowingAnswers
  readonly sent: Pick<SentMessages, 'isAnswered' | 'isExplained'>
  readonly output: Output
}

export class Seen {
  readonly #parts: SeenParts
  readonly #shown = new Set<string>()

  constructor(parts: SeenParts) {
    this.#parts = parts
  }

  has(id: string): boolean {
    return this.#shown.has(id)
  }

  /** Shows what was not yet seen; what is older counts as seen from now on. */
  async begin(): Promise<void> {
    const rows = await this.#parts.calls.conversations()
    await this.check()
    for (const { last } of rows) if (last !== null) this.#shown.add(last.id)
  }

  /** Shows what came while nothing was heard. Another terminal or a page may have read it first. */
  async catchUp(): Promise<void> {
    await this.check()
    for (const { peer } of await this.#parts.calls.conversations()) await this.#showLate(peer)
  }

  /** Shows what was not yet seen, and marks it read. @returns how many messages that were */
  async check(): Promise<number> {
    const { calls } = this.#parts
    const { conversations, shown } = await this.look()
    let count = shown
    for (const peer of conversations) {
      await calls.markRead(peer)
      count += await this.#showLate(peer)
    }
    return count
  }

  /** Shows what was not yet seen, without those of `except`. @returns `unread`: the ids of all that is unread */
  async look(
    except: ReadonlySet<string> = new Set(),
  ): Promise<{ conversations: string[]; shown: number; unread: string[] }> {
    const unread = await unseen(this.#parts.calls)
    const messages = unread.filter(({ id }) => !this.#shown.has(id) && !except.has(id))
    for (const message of messages) this.show(message, { stored: true })
    const conversations = [...new Set(unread.map(({ conversation }) => conversation))]
    return { conversations, shown: messages.length, unread: unread.map(({ id }) => id) }
  }

  /** What came before it was marked read and after it was looked up is read now, and was not shown yet. */
  async #showLate(peer: string): Promise<number> {
    const { messages } = await this.#parts.calls.page(peer, { limit: PAGE_MESSAGES })
    const newer = messages.slice(messages.findLastIndex(({ id }) => this.#shown.has(id)) + 1)
    const late = newer.filter(({ sender }) => sameName(sender, peer))
    for (const message of late) this.show(message, { stored: true })
    return late.length
  }

  /** Shows a message, or what is left of an answer that grew. Its question waits for nothing more. */
  show(record: MessageRecord, manner: { readonly stored: boolean }): void {
    const { me, answers, sent, output } = this.#parts
    const { replyTo, error, ending } = record.metadata
    this.#shown.add(record.id)
    sent.isAnswered(replyTo)
    if (replyTo !== undefined && (error !== undefined || ending === 'interrupted')) sent.isExplained(replyTo)
    if (answers.has(record.id)) finishAnswer(this.#parts, record)
    else output.print(recordLines(record, { me: me.name, now: new Date() }, manner))
    // Its question got another message, such as the notice of a failure: nothing more comes of what grew.
    if (replyTo !== undefined)
      for (const id of answers.find({ replyTo })) dropAnswer(this.#parts, id, 'It was interrupted.')
  }
}
