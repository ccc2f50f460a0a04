/** What a service is: a name, its commands, and what it publishes. The default export of its module. */
import * as z from 'zod'
import type { Reply } from './reply.ts'

/** What a publication may use. */
export type PublisherDesk = {
  /** At least 0, less than 1. */
  readonly random: () => number
  readonly now: () => Date
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  readonly pause: (ms: number) => Promise<void>
  /** Aborts when the time for it is over, and when the service stops. */
  readonly signal: AbortSignal
}

/** What a command may use. */
export type CommandDesk = PublisherDesk & {
  /** The name of who asks. */
  readonly asker: string
  /** What stands behind the command; empty for a command without an argument. */
  readonly argument: string
  /** Takes effect together with the reply, and not at all when the command throws. */
  readonly subscribe: () => void
  readonly unsubscribe: () => void
}

type Answer = Reply | Promise<Reply>
const functionOf = <T>() => z.custom<T>(value => typeof value === 'function', 'must be a function')

const COMMAND_NAME = /^[a-z][a-z0-9-]{0,31}$/
const ARGUMENT = /^[A-Z][A-Z0-9_-]{0,31}$/
const Sentence = z.string().min(1, 'must say something').max(200)

/** Answered by the service itself, for every definition. */
export const HELP = 'help'

const Command = z.strictObject({
  help: Sentence.describe('what it does, in a few words'),
  argument: z
    .string()
    .regex(ARGUMENT, 'must be a word in capitals such as SIDES')
    .optional()
    .describe('a word for what has to stand behind the command'),
  run: functionOf<(desk: CommandDesk) => Answer>(),
})

export const ServiceDefinition = z.strictObject({
  name: z
    .string()
    .regex(/^\S{1,64}$/, 'must be a word of at most 64 characters')
    .describe('a word for what it is'),
  about: Sentence.describe('one sentence, which its help begins with'),
  commands: z
    .record(
      z
        .string()
        .regex(COMMAND_NAME, 'must be a word of small letters, digits and hyphens, at most 32')
        .refine(name => name !== HELP, 'is answered by the service itself; choose another name'),
      Command,
    )
    .refine(commands => Object.keys(commands).length <= 40, 'must be at most 40'),
  publish: z
    .strictObject({
      everySeconds: z.number().min(0.1).max(86_400),
      make: functionOf<(desk: PublisherDesk) => Answer>(),
    })
    .optional()
    .describe('what subscribers get, and how often'),
})
export type ServiceDefinition = z.infer<typeof ServiceDefinition>
export type Command = z.infer<typeof Command>
