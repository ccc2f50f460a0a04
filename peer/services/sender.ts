/** What a service says: replies and publications. */
import { v7 as uuidv7 } from 'uuid'
import type { Outbox } from '../outbox.ts'
import type { Job } from './jobs.ts'
import type { WholeReply } from './reply.ts'

export class Sender {
  readonly #outbox: Pick<Outbox, 'add'>
  readonly #now: () => Date

  constructor(outbox: Pick<Outbox, 'add'>, now: () => Date) {
    this.#outbox = outbox
    this.#now = now
  }

  /** Inside a write. */
  reply({ asker, id }: Job, { text, metadata }: WholeReply): void {
    this.#add({ destination: asker, type: 'notification', message: text, metadata: { ...metadata, replyTo: id } })
  }

  /** Inside a write. */
  publish(subscriber: string, { text, metadata }: WholeReply): void {
    this.#add({ destination: subscriber, type: 'subscription', message: text, metadata })
  }

  #add({ metadata, ...message }: Omit<Parameters<Outbox['add']>[0], 'id' | 'timestamp'>): void {
    this.#outbox.add({
      ...message,
      id: uuidv7(),
      timestamp: this.#now().toISOString(),
      metadata: { ...metadata, autoReply: true },
    })
  }
}
