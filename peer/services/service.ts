/**
 * A service: a peer without a page. It answers commands and publishes to subscribers, speaking only to its proxy.
 * A definition says what it does; this file gives it a store, a line to its proxy, and its subscriptions.
 */
import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { HttpClient } from '../../shared/process/http-client.ts'
import type { Log } from '../../shared/process/log.ts'
import type { ProcessContext } from '../../shared/process/run.ts'
import { openStore, type Store } from '../../shared/process/store.ts'
import { Wake } from '../../shared/process/wake.ts'
import type { ProxyEvent } from '../../shared/protocol/local.ts'
import type { Message, Metadata } from '../../shared/protocol/message.ts'
import { nameKey } from '../../shared/protocol/names.ts'
import { Outbox } from '../outbox.ts'
import { ProxyLink } from '../proxy-link.ts'
import { Settings } from '../settings.ts'

export type Reply = { readonly text: string; readonly metadata?: Metadata }

/** What a command may use. */
export type Desk = {
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
  readonly run: (desk: Desk) => Reply
}
export type ServiceDefinition = {
  readonly commands: Readonly<Record<string, Command>>
  readonly publish?: { readonly everyMs: number; readonly make: (surroundings: Pick<Desk, 'random' | 'now'>) => Reply }
}

const migrations = [
  `
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
  CREATE TABLE subscriber (key TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
  `,
]
const Subscriber = z.object({ name: z.string() })

export type ServiceSettings = {
  readonly name: string
  readonly proxy: string
  readonly storeFile: string
  readonly definition: ServiceDefinition
}

/** Resolves once the own proxy was met. */
export async function startService(settings: ServiceSettings, { log, signal, started }: ProcessContext): Promise<void> {
  const store = openStore({ path: settings.storeFile, migrations })
  started.add({ [Symbol.dispose]: () => store.close() })
  const client = started.add(new HttpClient())
  const outbox = new Outbox(store)
  const lasting = new Settings(store)
  const met = new Wake()
  const service = new Service({
    store,
    outbox,
    lasting,
    log,
    definition: settings.definition,
    workWaits: () => link.workWaits(),
    keptUpTo: cursor => link.keptUpTo(cursor),
  })
  const link: ProxyLink = new ProxyLink({
    proxy: settings.proxy,
    client,
    log,
    random: Math.random,
    owner: {
      position: () => lasting.position,
      outgoing: () => outbox.head(),
      handedOver: results =>
        store.note(() => {
          for (const { id } of results) outbox.remove(id)
        }),
      tellRead: async () => {},
      onEvent: event => service.handle(event),
      onConnection: () => met.ring(),
    },
  })
  started.addWork(link.run(signal))
  started.addWork(service.publishRegularly(signal))
  await met.sleep(signal)
}

type Parts = {
  readonly store: Store
  readonly outbox: Outbox
  readonly lasting: Settings
  readonly log: Log
  readonly definition: ServiceDefinition
  readonly workWaits: () => void
  readonly keptUpTo: (cursor: number) => void
}

class Service {
  readonly #parts: Parts
  #storeId = ''

  constructor(parts: Parts) {
    this.#parts = parts
  }

  handle(event: ProxyEvent): void {
    if (event.kind === 'hello') this.#storeId = event.store
    if (event.kind !== 'message' && event.kind !== 'failed') return
    void this.#keep(event).catch(error => this.#parts.log.error({ err: error }, 'an event could not be handled'))
  }

  /** Publishes to all subscribers at the definition's pace until the signal aborts. */
  async publishRegularly(signal: AbortSignal): Promise<void> {
    const { publish } = this.#parts.definition
    const pause = new Wake()
    while (publish !== undefined && !signal.aborted) {
      await pause.sleep(signal, publish.everyMs)
      if (signal.aborted) return
      const { text, metadata = {} } = publish.make({ random: Math.random, now: () => new Date() })
      await this.#parts.store.write(() => {
        for (const { name } of this.#subscribers()) this.#send(name, { text, metadata, type: 'subscription' })
      })
      this.#parts.workWaits()
    }
  }

  /** The command, its effect and its reply are one transaction with the position: none happens twice. */
  async #keep(event: Extract<ProxyEvent, { cursor: number }>): Promise<void> {
    const { store, lasting, keptUpTo, workWaits } = this.#parts
    const later = await store.write(() => {
      const { position } = lasting
      if (position?.store === this.#storeId && event.cursor <= position.cursor) return undefined
      lasting.setPosition({ store: this.#storeId, cursor: event.cursor })
      return event.kind === 'message' ? this.#answer(event.message) : undefined
    })
    keptUpTo(event.cursor)
    workWaits()
    if (later !== undefined) setTimeout(() => void store.write(later.send).then(workWaits), later.ms)
  }

  /** Inside a write. @returns a reply that is to go out later */
  #answer(message: Message): { ms: number; send: () => void } | undefined {
    if (message.metadata.autoReply === true || (message.type !== 'chat' && message.type !== 'command')) return undefined
    const { commands } = this.#parts.definition
    const word = message.message.trim().toLowerCase().replace(/^\//, '')
    const command = commands[word]
    const send = (reply: Reply) =>
      this.#send(message.sender, {
        ...reply,
        metadata: { ...reply.metadata, replyTo: message.id },
        type: 'notification',
      })
    if (command === undefined) {
      const list = Object.entries(commands).map(([name, { help }]) => `${name}: ${help}`)
      send({
        text: `${word === 'help' ? '' : `I do not know "${message.message.trim().slice(0, 40)}". `}Commands:\n${list.join('\n')}`,
      })
      return undefined
    }
    const reply = this.#run(command, message.sender)
    if (command.delayMs === undefined) return void send(reply)
    return { ms: command.delayMs, send: () => send(reply) }
  }

  /** A command that throws is answered for; the service goes on. */
  #run(command: Command, asker: string): Reply {
    const { store, log } = this.#parts
    try {
      return command.run({
        asker,
        subscribe: () =>
          void store.run('INSERT INTO subscriber VALUES (?, ?) ON CONFLICT (key) DO NOTHING', nameKey(asker), asker),
        unsubscribe: () => store.run('DELETE FROM subscriber WHERE key = ?', nameKey(asker)) > 0,
        random: Math.random,
        now: () => new Date(),
      })
    } catch (error) {
      log.error({ err: error }, 'a command failed')
      return { text: 'Something went wrong here. The command was not carried out.' }
    }
  }

  #send(
    destination: string,
    { text, metadata, type }: { text: string; metadata: Metadata; type: 'notification' | 'subscription' },
  ): void {
    this.#parts.outbox.add({
      id: uuidv7(),
      destination,
      message: text,
      timestamp: new Date().toISOString(),
      type,
      metadata: { ...metadata, autoReply: true },
    })
  }

  #subscribers(): { name: string }[] {
    return this.#parts.store.all(Subscriber, 'SELECT name FROM subscriber')
  }
}
