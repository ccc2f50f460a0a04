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
import type { Message, Metadata } from '../../shared/protocol/message.ts'
import { nameKey } from '../../shared/protocol/names.ts'
import { KeptEvents } from '../kept-events.ts'
import { Outbox } from '../outbox.ts'
import { ProxyLink } from '../proxy-link.ts'
import { Settings } from '../settings.ts'
import type { Command, Reply, ServiceDefinition } from './definition.ts'
import { migrations } from './migrations.ts'

/** So many commands are remembered. */
const HANDLED = 10_000
const Subscriber = z.object({ name: z.string() })

export type ServiceSettings = {
  readonly name: string
  readonly proxy: string
  readonly storeFile: string
  readonly definition: ServiceDefinition
}

/** Resolves once the own proxy was met. */
export async function startService(
  settings: ServiceSettings,
  { log, signal, started, fail }: ProcessContext,
): Promise<void> {
  const store = openStore({ path: settings.storeFile, migrations }, { log, fail })
  started.add({ [Symbol.dispose]: () => store.close() })
  const client = started.add(new HttpClient())
  const outbox = new Outbox(store)
  const lasting = new Settings(store)
  const met = new Wake()
  const service = new Service({
    store,
    outbox,
    log,
    definition: settings.definition,
    workWaits: () => link.workWaits(),
  })
  const kept = new KeptEvents({
    store,
    settings: lasting,
    log,
    keptUpTo: position => link.keptUpTo(position),
    reconnect: reason => link.reconnect(reason),
  })
  const link: ProxyLink = new ProxyLink({
    proxy: settings.proxy,
    client,
    log,
    random: Math.random,
    owner: {
      position: () => lasting.position,
      met: async () => {},
      outgoing: () => outbox.head(),
      notHandedOver: () => {},
      handedOver: results =>
        store.note(() => {
          for (const { id } of results) outbox.remove(id)
        }),
      tellRead: async () => {},
      onEvent: event => {
        if (event.kind === 'hello') kept.begin(event)
        if (event.kind === 'message') kept.keep(event, () => service.answer(event.message))
        if (event.kind === 'failed' || event.kind === 'restarted') kept.keep(event, () => () => {})
      },
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
  readonly log: Log
  readonly definition: ServiceDefinition
  readonly workWaits: () => void
}

class Service {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Publishes to all subscribers at the definition's pace until the signal aborts. */
  async publishRegularly(signal: AbortSignal): Promise<void> {
    const { publish } = this.#parts.definition
    const pause = new Wake()
    while (publish !== undefined && !signal.aborted) {
      await pause.sleep(signal, publish.everyMs)
      if (signal.aborted) return
      const { text, metadata = {} } = publish.make({ random: Math.random, now: () => new Date() })
      const publication = () => {
        for (const { name } of this.#subscribers()) this.#send(name, { text, metadata, type: 'subscription' })
      }
      await this.#parts.store
        .write(publication)
        .then(this.#parts.workWaits, error =>
          this.#parts.log.error({ err: error }, 'a publication could not be stored'),
        )
    }
  }

  /**
   * Inside a write: the command, its effect and its reply are one transaction, so that none happens twice.
   * @returns what to do once it is on disk
   */
  answer(message: Message): () => void {
    const { definition, workWaits } = this.#parts
    if (message.metadata.autoReply === true || (message.type !== 'chat' && message.type !== 'command')) return () => {}
    if (!this.#isNew(message)) return () => {}
    const word = message.message.trim().toLowerCase().replace(/^\//, '')
    const command = Object.hasOwn(definition.commands, word) ? definition.commands[word] : undefined
    const reply = command === undefined ? this.#help(word, message.message) : this.#run(command, message.sender)
    const send = () =>
      this.#send(message.sender, {
        ...reply,
        metadata: { ...reply.metadata, replyTo: message.id },
        type: 'notification',
      })
    if (command?.delayMs === undefined) {
      send()
      return workWaits
    }
    const { delayMs } = command
    return () => void setTimeout(() => this.#sendLater(send), delayMs)
  }

  /** Inside a write. */
  #isNew({ sender, id }: Message): boolean {
    const { store } = this.#parts
    const sql = 'INSERT INTO handled (sender, id) VALUES (?, ?) ON CONFLICT DO NOTHING'
    const isNew = store.run(sql, nameKey(sender), id) > 0
    store.run('DELETE FROM handled WHERE position <= (SELECT max(position) FROM handled) - ?', HANDLED)
    return isNew
  }

  #sendLater(send: () => void): void {
    const { store, log, workWaits } = this.#parts
    store.write(send).then(workWaits, error => log.error({ err: error }, 'a reply could not be sent'))
  }

  #help(word: string, text: string): Reply {
    const list = Object.entries(this.#parts.definition.commands).map(([name, { help }]) => `${name}: ${help}`)
    const unknown = word === 'help' ? '' : `I do not know "${text.trim().slice(0, 40)}". `
    return { text: `${unknown}Commands:\n${list.join('\n')}` }
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
