/** What a service is: its commands, and what it publishes. */
import type { Metadata } from '../../shared/protocol/message.ts'

export type Reply = { readonly text: string; readonly metadata?: Metadata }

/** What a command may use. */
export type CommandDesk = {
  readonly asker: string
  readonly subscribe: () => void
  readonly unsubscribe: () => boolean
  readonly random: () => number
  readonly now: () => Date
}

export type Command = {
  readonly help: string
  /** Milliseconds before the reply goes out. */
  readonly delayMs?: number
  readonly run: (desk: CommandDesk) => Reply
}

export type ServiceDefinition = {
  readonly commands: Readonly<Record<string, Command>>
  readonly publish?: {
    readonly everyMs: number
    readonly make: (surroundings: Pick<CommandDesk, 'random' | 'now'>) => Reply
  }
}
