/**
 * Publishes to all subscribers, at the definition's pace. When it last did is kept, so that a service that is restarted
 * more often than that still publishes.
 */
import * as z from 'zod'
import type { Log } from '../../shared/process/log.ts'
import { Setting } from '../../shared/process/setting.ts'
import type { Store } from '../../shared/process/store.ts'
import { storedJson } from '../../shared/process/stored-json.ts'
import { Wake } from '../../shared/process/wake.ts'
import type { ServiceDefinition } from './definition.ts'
import { readReply } from './reply.ts'
import type { Sender } from './sender.ts'
import type { Subscribers } from './subscribers.ts'
import { runWithinTime, type Surroundings } from './within-time.ts'

export type Publication = NonNullable<ServiceDefinition['publish']>

export type PublisherParts = {
  readonly publish: Publication
  readonly store: Store
  readonly subscribers: Subscribers
  readonly sender: Sender
  readonly log: Log
  readonly workWaits: () => void
} & Surroundings

export class Publisher {
  readonly #parts: PublisherParts
  readonly #kept: Setting<number>
  #last: number

  constructor(parts: PublisherParts) {
    this.#parts = parts
    this.#kept = new Setting(parts.store, 'last publication', storedJson(z.number()))
    this.#last = this.#kept.read() ?? parts.now().getTime()
  }

  /** Resolves when the signal aborts. One that fails is logged, and the next one is tried. */
  async run(): Promise<void> {
    const { signal, log, publish } = this.#parts
    const pause = new Wake()
    await this.#keep(this.#last)
    while (!signal.aborted) {
      await pause.sleep(signal, waitFor(publish.everySeconds * 1000, { last: this.#last, now: this.#now() }))
      if (signal.aborted) return
      await this.#publish().catch(error => {
        if (!signal.aborted) log.error({ err: error }, 'a publication failed')
      })
    }
  }

  /** The time is kept first: a publication that ends the whole process is not tried at once again. */
  async #publish(): Promise<void> {
    const { publish, store, subscribers, sender, workWaits } = this.#parts
    await this.#keep(this.#now())
    if (subscribers.names().length === 0) return
    const publication = readReply(await runWithinTime(publish.make, this.#parts))
    await store.write(() => {
      for (const name of subscribers.names()) sender.publish(name, publication)
    })
    workWaits()
  }

  async #keep(time: number): Promise<void> {
    this.#last = time
    await this.#parts.store.note(() => this.#kept.write(time))
  }

  #now(): number {
    return this.#parts.now().getTime()
  }
}

/** Milliseconds until the next one: never longer than the period, whichever way the clock was set. */
export const waitFor = (everyMs: number, { last, now }: { last: number; now: number }): number =>
  Math.min(Math.max(last + everyMs - now, 0), everyMs)
