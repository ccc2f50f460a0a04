/** What a command is answered with and what it changes: decided purely. */
import type { Command } from './command.ts'
import { helpText, NO_PERSONALITY, namesOf } from './command-list.ts'

/** `present` is the personality that is in force; `model` is missing while the proxy has not said which one it is. */
export type TalkFacts = {
  readonly ai: string
  readonly route: string
  readonly model: string | undefined
  readonly personalities: readonly string[]
  readonly present: string | undefined
}

/**
 * `personality` is named where the answer speaks of one: it is in force from now on. `chosen`: it is kept.
 * `beginsAnew`: what was said before no longer goes along with a question.
 */
export type CommandAnswer = {
  readonly text: string
  readonly personality?: string
  readonly chosen?: true
  readonly beginsAnew?: true
}

export function answerTo(command: Command, facts: TalkFacts): CommandAnswer {
  const { ai, personalities, present } = facts
  switch (command.kind) {
    case 'help':
      return { text: `Commands in a conversation with ${ai}:\n\n${helpText(personalities)}` }
    case 'unknown':
      return { text: `There is no command \`${command.text}\`. There are:\n\n${helpText(personalities)}` }
    case 'personality':
      return command.name === undefined ? presentOne(facts) : choose(command.name, personalities)
    case 'rotate': {
      const next = nextOf(personalities, present)
      return next === undefined ? { text: 'The configuration has no personalities.' } : chosen(next)
    }
    case 'reset': {
      const stays = present === undefined ? '' : ` The personality **${present}** stays.`
      return {
        text: `The conversation begins anew: what was said before stays visible, and no longer goes along with a question.${stays}`,
        beginsAnew: true,
      }
    }
    case 'model':
      return { text: modelText(facts) }
    default:
      return command satisfies never
  }
}

/** The one after the present one, around the end; the first where none is. */
function nextOf(personalities: readonly string[], present: string | undefined): string | undefined {
  const at = present === undefined ? -1 : personalities.indexOf(present)
  return personalities[(at + 1) % Math.max(1, personalities.length)]
}

function presentOne({ personalities, present }: TalkFacts): CommandAnswer {
  const which = present === undefined ? 'No personality is chosen.' : `The personality is **${present}**.`
  return { text: `${which} ${thereAre(personalities)}`, personality: present ?? NO_PERSONALITY }
}

function choose(wanted: string, personalities: readonly string[]): CommandAnswer {
  const found = [...personalities, NO_PERSONALITY].find(name => name.toLowerCase() === wanted.toLowerCase())
  return found === undefined
    ? { text: `There is no personality \`${wanted}\`. ${thereAre(personalities)}` }
    : chosen(found)
}

function chosen(name: string): CommandAnswer {
  const text =
    name === NO_PERSONALITY ? 'From now on there is no personality.' : `From now on the personality is **${name}**.`
  return { text, personality: name, chosen: true }
}

const thereAre = (personalities: readonly string[]): string =>
  `There are: ${namesOf(personalities)}. \`personality NAME\` chooses one.`

function modelText({ ai, route, model }: TalkFacts): string {
  const which = model === undefined ? 'a model that the proxy has not named yet' : `the model \`${model}\``
  return ai === route
    ? `**${ai}** answers with ${which}.`
    : `**${ai}** answers through the route \`${route}\`, with ${which}.`
}
