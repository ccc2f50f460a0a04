/** What a typed line means. */
import { PeerName } from '../../shared/protocol/names.ts'

/** Most messages that one `!history` shows. */
export const HISTORY_MOST = 1_000
export const HISTORY_USUAL = 20

export type Command =
  | { readonly kind: 'send'; readonly to: string; readonly text: string }
  | { readonly kind: 'history'; readonly peer: string; readonly count: number }
  | { readonly kind: 'search'; readonly words: string }
  | { readonly kind: 'retry'; readonly peer: string | undefined }
  | { readonly kind: 'check' }
  | { readonly kind: 'peers' }
  | { readonly kind: 'help' }
  | { readonly kind: 'exit' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wrong'; readonly detail: string }

/** Each command with what follows it, and what it does in a few words. */
export const COMMANDS = [
  ['!check', 'shows what was not yet seen'],
  ['!peers', 'shows who is there'],
  ['!history NAME [COUNT]', `shows the last ${HISTORY_USUAL}, or COUNT, messages exchanged with NAME`],
  ['!search WORDS', 'finds messages'],
  ['!retry [NAME]', 'sends the last message to NAME again if it failed; asks an AI again'],
  ['!help', 'shows this'],
  ['exit', 'leaves; so does Ctrl+D'],
] as const

const SHORT = 'Write NAME: text, such as bob: hello, or !help.'

/**
 * A line is a message (`NAME: text`; the text may hold colons), a command, or nothing. The text is kept as it is typed: one
 * space behind the colon parts it from the name, all others are its own.
 */
export function parseLine(line: string): Command {
  const text = line.trim()
  if (text === '') return { kind: 'nothing' }
  if (/^!?(?:exit|quit)$/i.test(text)) return { kind: 'exit' }
  if (text.startsWith('!')) return parseCommand(text.slice(1))
  const found = /^\s*(?<name>[^\s:]+)\s*: ?(?<rest>.*)$/su.exec(line)?.groups
  const to = PeerName.safeParse(found?.['name'])
  if (!to.success) return wrong(`Cannot tell whom this is for: it does not begin with a name and a colon. ${SHORT}`)
  const message = found?.['rest'] ?? ''
  if (message.trim() === '') return wrong(`Cannot send to ${to.data}: nothing stands after the colon. ${SHORT}`)
  return { kind: 'send', to: to.data, text: message }
}

function parseCommand(text: string): Command {
  const [name = '', ...rest] = text.split(/\s+/)
  switch (name.toLowerCase()) {
    case 'check':
      return alone('check', rest)
    case 'peers':
      return alone('peers', rest)
    case 'help':
      return alone('help', rest)
    case 'history':
      return parseHistory(rest)
    case 'search':
      return rest.length === 0
        ? wrong('Cannot search: write what for, such as !search invoice.')
        : { kind: 'search', words: rest.join(' ') }
    case 'retry': {
      const [peer, ...more] = rest
      if (more.length > 0) return wrong('Cannot send again: write one name, such as !retry bob.')
      return { kind: 'retry', peer: peer === undefined ? undefined : nameIn(peer) }
    }
    default:
      return wrong(`Cannot do "!${name}": there is no such command. !help lists them.`)
  }
}

function alone(kind: 'check' | 'peers' | 'help', rest: readonly string[]): Command {
  return rest.length === 0 ? { kind } : wrong(`Cannot do "!${kind} ${rest.join(' ')}": nothing follows !${kind}.`)
}

function parseHistory([peer, count, ...more]: readonly string[]): Command {
  if (peer === undefined || more.length > 0)
    return wrong('Cannot show a history: write whose, and how many, such as !history bob 50.')
  if (count === undefined) return { kind: 'history', peer: nameIn(peer), count: HISTORY_USUAL }
  const number = Number(count)
  if (!Number.isInteger(number) || number < 1 || number > HISTORY_MOST)
    return wrong(`Cannot show "${count}" messages: write a whole number from 1 to ${HISTORY_MOST}.`)
  return { kind: 'history', peer: nameIn(peer), count: number }
}

/** Whoever completes a name after a command may leave its colon. */
const nameIn = (word: string): string => word.replace(/:$/, '')

const wrong = (detail: string): Command => ({ kind: 'wrong', detail })
