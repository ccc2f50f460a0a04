/** Conversations with AIs: what goes along with a question, and what commands say and change. */
import type { Context, Turn } from '../shared/protocol/conversation.ts'
import type { Metadata } from '../shared/protocol/message.ts'
import { own } from '../shared/protocol/names.ts'
import type { CommandEntry } from '../shared/protocol/peer-api.ts'
import type { Command } from './command.ts'
import { answerTo } from './command-answer.ts'
import { commandList, NO_PERSONALITY } from './command-list.ts'
import { type ContextLimits, contextOf, type Personality } from './context.ts'
import type { Desk } from './desk.ts'

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
    const { choices, said } = this.#desk
    const { limits } = this.#settings
    const { since: after } = choices.find(talk.conversation)
    const limit = limits.turns * 2 + 1
    const before = question.arrival ?? Number.MAX_SAFE_INTEGER
    const newest = said.newest(talk.conversation, { after, before, limit })
    // An answer whose question is further back is counted with it.
    const first = newest.findLastIndex(({ outgoing }) => outgoing === (talk.own === 'user'))
    const rows = newest.length < limit ? newest : newest.slice(0, first + 1)
    const rest = { after, before: rows.at(-1)?.arrival ?? before }
    const older = newest.length < limit ? 0 : said.count(talk.conversation, rest)
    const personality = this.#personalityOf(talk)
    return contextOf(rows, { own: talk.own, limits, question: question.text, personality, older })
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
