/** Conversations with AIs: what goes along with a question, and what commands say and change. */
import type { Context, Turn } from '../shared/protocol/conversation.ts'
import type { Metadata } from '../shared/protocol/message.ts'
import { own } from '../shared/protocol/names.ts'
import type { CommandEntry } from '../shared/protocol/peer-api.ts'
import type { Command } from './command.ts'
import { answerTo } from './command-answer.ts'
import { commandList, NO_PERSONALITY } from './command-list.ts'
import { type ContextLimits, contextOf, type Personality, wasSaid } from './context.ts'
import type { Desk } from './desk.ts'
import type { Span } from './said.ts'
import type { StoredMessage } from './stored-message.ts'

/** Many failed questions in a row are read past, but no more messages than this. */
const MOST_READ = 2_000

export type TalkSettings = {
  readonly limits: ContextLimits
  /** Name and system text, in the order of the configuration. */
  readonly personalities: Readonly<Record<string, string>>
}

/** One conversation with an AI, be it that the own person asks it, or that the own peer is it. */
export type Talk = {
  readonly conversation: string
  readonly ai: string
  /** The API that answers in the end. */
  readonly route: string
  /** The personality until another one is chosen. */
  readonly usual: string | undefined
  readonly own: Turn['role']
}

/** The own person's conversation with an API. */
export const talkWith = (api: string): Talk => ({
  conversation: api,
  ai: api,
  route: api,
  usual: undefined,
  own: 'user',
})

export class Talks {
  readonly #desk: Desk
  readonly #settings: TalkSettings

  constructor(desk: Desk, settings: TalkSettings) {
    this.#desk = desk
    this.#settings = settings
  }

  /** What a person may tell an AI to do, with the personalities of the own configuration. */
  get commands(): CommandEntry[] {
    return commandList(Object.keys(this.#settings.personalities))
  }

  /** @param question with its arrival where it was kept already: only what came before it goes along */
  contextOf(talk: Talk, question: { text: string; arrival?: number }): Context {
    const { limits } = this.#settings
    const { since: after } = this.#desk.choices.find(talk.conversation)
    const span = { after, before: question.arrival ?? Number.MAX_SAFE_INTEGER }
    const { rows, older } = this.#before(talk, span)
    const personality = this.#personalityOf(talk)
    return contextOf(rows, { own: talk.own, limits, question: question.text, personality, older })
  }

  /** The newest that was said, enough of it for the most turns that may go along, and how much there is before it. */
  #before(talk: Talk, span: Span): { rows: StoredMessage[]; older: number } {
    const { said } = this.#desk
    const { turns } = this.#settings.limits
    let limit = turns * 2 + 1
    let rows = said.newest(talk.conversation, { ...span, limit })
    const isTooLittle = () => rows.length === limit && limit < MOST_READ && rows.filter(wasSaid).length <= turns
    while (isTooLittle()) {
      limit *= 4
      rows = said.newest(talk.conversation, { ...span, limit })
    }
    if (rows.length < limit) return { rows, older: 0 }
    // An answer whose question is further back is counted with it.
    const first = rows.findLastIndex(({ outgoing }) => outgoing === (talk.own === 'user'))
    const whole = rows.slice(0, first + 1)
    const before = whole.at(-1)?.arrival ?? span.before
    return { rows: whole, older: said.count(talk.conversation, { ...span, before }) }
  }

  /** Inside a write: does what a command asks for. @returns what it is answered with */
  carryOut(command: Command, talk: Talk): { text: string; metadata: Metadata } {
    const { choices } = this.#desk
    const { text, personality, chosen, beginsAnew } = answerTo(command, {
      ai: talk.ai,
      route: talk.route,
      model: this.#desk.modelOf(talk.route),
      personalities: Object.keys(this.#settings.personalities),
      present: this.#personalityOf(talk)?.name,
    })
    if (personality !== undefined && chosen) choices.choose(talk.conversation, personality)
    if (beginsAnew) choices.beginAnew(talk.conversation)
    return { text, metadata: { autoReply: true, ...(personality !== undefined && { personality }) } }
  }

  /** The personality that the person chose for a conversation with an AI, if there is one still. */
  chosenIn(conversation: string): string | undefined {
    const desk = this.#desk
    if (desk.kindOf(conversation) !== 'ai') return undefined
    if (desk.modelOf(conversation) !== undefined) return this.#personalityOf(talkWith(conversation))?.name
    const { personality } = desk.choices.find(conversation)
    return personality === null || personality === NO_PERSONALITY ? undefined : personality
  }

  /** One that the configuration has no more does not count as chosen. */
  #personalityOf({ conversation, usual }: Talk): Personality | undefined {
    const { personality: chosen } = this.#desk.choices.find(conversation)
    if (chosen === NO_PERSONALITY) return undefined
    return this.#named(chosen ?? '') ?? this.#named(usual ?? '')
  }

  #named(name: string): Personality | undefined {
    const system = own(this.#settings.personalities, name)
    return system === undefined ? undefined : { name, system }
  }
}
