/** The commands that a service knows: which one a message means, how each is written, what help says of them. */
import { type Command, HELP, type ServiceDefinition } from './definition.ts'

export type Commands = Readonly<Record<string, Command>>

export type Understood =
  | { readonly kind: 'command'; readonly name: string; readonly command: Command; readonly argument: string }
  | { readonly kind: 'help' }
  /** Words for who wrote it. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** Those of the definition; a service that publishes can be subscribed to, also where its definition does not say how. */
export function commandsOf({ commands, publish }: ServiceDefinition): Commands {
  return publish === undefined ? commands : { ...subscribing(publish.everySeconds), ...commands }
}

const subscribing = (everySeconds: number): Commands => ({
  subscribe: {
    help: `sends you what it publishes, every ${everySeconds === 1 ? 'second' : `${everySeconds} seconds`}`,
    run: desk => {
      desk.subscribe()
      return 'Subscription confirmed.'
    },
  },
  unsubscribe: {
    help: 'ends that',
    run: desk => {
      desk.unsubscribe()
      return 'Unsubscribed.'
    },
  },
})

/** How each is written, such as `roll SIDES`. */
export const usagesOf = (commands: Commands): string[] => [
  ...Object.entries(commands).map(([name, command]) => usageOf(name, command)),
  HELP,
]

const usageOf = (name: string, { argument }: Command): string => (argument === undefined ? name : `${name} ${argument}`)

/** A command may begin with a slash, and is written in any case; its argument is taken as it is. */
export function understand(text: string, commands: Commands): Understood {
  const [, word = '', argument = ''] = /^\/?(\S*)\s*(.*)$/s.exec(text.trim()) ?? []
  const name = word.toLowerCase()
  if (name === HELP && argument === '') return { kind: 'help' }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return { kind: 'unknown', reason: `I do not know ${quoted(text)}.` }
  if (command.argument !== undefined && argument === '')
    return { kind: 'unknown', reason: `\`${name}\` needs something behind it: \`${usageOf(name, command)}\`.` }
  if (command.argument === undefined && argument !== '')
    return { kind: 'unknown', reason: `\`${name}\` takes nothing behind it.` }
  return { kind: 'command', name, command, argument }
}

const quoted = (text: string): string => {
  const words = Array.from(text.trim().replaceAll(/\s+/g, ' '))
  return `"${words.slice(0, 40).join('')}${words.length > 40 ? '…' : ''}"`
}

/** As Markdown. */
export function helpText({ name, about }: Pick<ServiceDefinition, 'name' | 'about'>, commands: Commands): string {
  const lines = Object.entries(commands).map(([word, command]) => `- \`${usageOf(word, command)}\` ${command.help}`)
  return [`**${name}**: ${about}`, '', ...lines, `- \`${HELP}\` lists the commands`].join('\n')
}
