/** What each command does, in a few words: for the help, and for the list that the page completes from. */
import type { CommandEntry } from '../shared/protocol/peer-api.ts'

/** Stands for no personality; none of the configuration has this name. */
export const NO_PERSONALITY = 'none'

const GENERAL: readonly CommandEntry[] = [
  { command: 'help', does: 'lists the commands' },
  { command: 'personality', does: 'says which is chosen' },
]
const LAST: readonly CommandEntry[] = [
  { command: 'rotate', does: 'takes the next one' },
  { command: 'reset', does: 'begins anew' },
  { command: 'model', does: 'names the model' },
]

/** Every command in full, those that choose a personality one by one. */
export const commandList = (personalities: readonly string[]): CommandEntry[] => [
  ...GENERAL,
  ...personalities.map(name => ({ command: `personality ${name}`, does: 'chooses it' })),
  { command: `personality ${NO_PERSONALITY}`, does: 'chooses none' },
  ...LAST,
]

/** The same for reading, as Markdown. */
export function helpText(personalities: readonly string[]): string {
  const choose = { command: 'personality NAME', does: `chooses one: ${namesOf(personalities)}` }
  const lines = [...GENERAL, choose, ...LAST].map(({ command, does }) => `- \`${command}\` ${does}`)
  return `${lines.join('\n')}\n\nA message is a command when it is nothing else; it may begin with a slash.`
}

export const namesOf = (personalities: readonly string[]): string =>
  [...personalities, NO_PERSONALITY].map(name => `\`${name}\``).join(', ')
