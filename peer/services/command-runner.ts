/**
 * Carries commands out: kept on arrival, run outside any write, and ended in one transaction with their reply and the
 * subscription that they change. What a crash interrupted is run again at the next start. Each asker has a lane: one
 * after the other for them, side by side with the others.
 */
import type { Log } from '../../shared/process/log.ts'
import { runLoop } from '../../shared/process/loop.ts'
import type { Store } from '../../shared/process/store.ts'
import { Wake } from '../../shared/process/wake.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { nameKey } from '../../shared/protocol/names.ts'
import { type Commands, helpText, type Understood, understand } from './commands.ts'
import type { ServiceDefinition } from './definition.ts'
import type { Job, Jobs } from './jobs.ts'
import { readReply, type WholeReply } from './reply.ts'
import type { Sender } from './sender.ts'
import type { Subscribers } from './subscribers.ts'
import { runWithinTime, type Surroundings, TooSlowError } from './within-time.ts'

/** A command in which the process died so often, perhaps because of it, is not tried again. */
const ATTEMPTS = 3

export type RunnerParts = {
  readonly definition: ServiceDefinition
  readonly commands: Commands
  readonly store: Store
  readonly jobs: Jobs
  readonly subscribers: Subscribers
  readonly sender: Sender
  readonly log: Log
  readonly workWaits: () => void
} & Surroundings

/** A reply, and what it does to the asker's subscription. */
type Outcome = { readonly reply: WholeReply; readonly subscription?: 'begin' | 'end' | undefined }

export class CommandRunner {
  readonly #parts: RunnerParts
  readonly #lanes = new Map<string, { readonly wake: Wake; readonly work: Promise<void> }>()

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /** Goes on with what was interrupted. Resolves when the signal aborted and nothing runs any more. */
  async run(): Promise<void> {
    const { jobs, signal } = this.#parts
    for (const asker of jobs.askers()) this.#attend(asker)
    await new Wake().sleep(signal)
    await Promise.all([...this.#lanes.values()].map(({ work }) => work))
  }

  /** Inside a write. Nothing that a machine wrote is answered. @returns what to do once it is on disk */
  take(message: Message): () => void {
    const { type, metadata, sender } = message
    if (metadata.autoReply === true || (type !== 'chat' && type !== 'command')) return () => {}
    return this.#parts.jobs.take(message) ? () => this.#attend(sender) : () => {}
  }

  #attend(asker: string): void {
    const key = nameKey(asker)
    const lane = this.#lanes.get(key) ?? this.#openLane(asker)
    this.#lanes.set(key, lane)
    lane.wake.ring()
  }

  #openLane(asker: string): { wake: Wake; work: Promise<void> } {
    const { random, log, jobs } = this.#parts
    const wake = new Wake()
    const over = new AbortController()
    const signal = AbortSignal.any([this.#parts.signal, over.signal])
    const onFailure = (error: unknown, failures: number) => {
      if (failures === 1) log.error({ err: error }, 'a reply could not be stored; it is tried again')
    }
    const step = async () => {
      const job = jobs.next(asker)
      if (job !== undefined) await this.#carryOut(job)
      else {
        // Whoever asks again opens another lane: those who asked once, under whatever name, are not remembered here.
        this.#lanes.delete(nameKey(asker))
        over.abort()
      }
      return job !== undefined
    }
    return { wake, work: runLoop({ wake, signal, random, onFailure, step }) }
  }

  async #carryOut(job: Job): Promise<void> {
    const { store, jobs, subscribers, sender, workWaits, signal } = this.#parts
    const { reply, subscription } = await this.#answer(job)
    if (signal.aborted) return
    await store.write(() => {
      if (!jobs.done(job)) return
      if (subscription === 'begin') subscribers.add(job.asker)
      if (subscription === 'end') subscribers.remove(job.asker)
      sender.reply(job, reply)
    })
    workWaits()
  }

  async #answer(job: Job): Promise<Outcome> {
    const { definition, commands, store, jobs, signal } = this.#parts
    const understood = understand(job.text, commands)
    if (understood.kind === 'help') return said(helpText(definition, commands))
    if (understood.kind === 'unknown') return said(`${understood.reason}\n\n${helpText(definition, commands)}`)
    if (job.attempts >= ATTEMPTS) return failed(understood.name, 'it was interrupted each time it was tried')
    await store.note(() => jobs.begun(job))
    const outcome = await this.#obey(job, understood)
    if (signal.aborted) await store.note(() => jobs.putBack(job))
    return outcome
  }

  async #obey({ asker }: Job, { name, command, argument }: Extract<Understood, { kind: 'command' }>): Promise<Outcome> {
    const { log, signal } = this.#parts
    let subscription: Outcome['subscription']
    const subscribe = () => {
      subscription = 'begin'
    }
    const unsubscribe = () => {
      subscription = 'end'
    }
    try {
      const value = await runWithinTime(
        desk => command.run({ ...desk, asker, argument, subscribe, unsubscribe }),
        this.#parts,
      )
      return { reply: readReply(value), subscription }
    } catch (error) {
      if (!signal.aborted) log.error({ err: error, command: name }, 'a command failed')
      const reason =
        error instanceof TooSlowError ? error.message : 'something went wrong, which the log of the service tells'
      return failed(name, reason)
    }
  }
}

const said = (text: string): Outcome => ({ reply: { text, metadata: {} } })

const failed = (command: string, reason: string): Outcome => ({
  reply: {
    text: `Cannot carry out \`${command}\`: ${reason}. It can be tried again.`,
    metadata: { error: { code: 'command_failed', retryable: true } },
  },
})
