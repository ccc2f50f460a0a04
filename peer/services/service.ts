/**
 * A service: a peer without a page. It answers commands and publishes to subscribers, speaking only to its proxy.
 * A definition says what it does; this file gives it a store and a line to its proxy.
 */
import { HttpClient } from '../../shared/process/http-client.ts'
import type { ProcessContext } from '../../shared/process/run.ts'
import { openStore, type Store } from '../../shared/process/store.ts'
import { Wake } from '../../shared/process/wake.ts'
import { KeptEvents } from '../kept-events.ts'
import { Outbox } from '../outbox.ts'
import { ProxyLink } from '../proxy-link.ts'
import { Settings } from '../settings.ts'
import { CommandRunner } from './command-runner.ts'
import { commandsOf, usagesOf } from './commands.ts'
import type { ServiceDefinition } from './definition.ts'
import { Jobs } from './jobs.ts'
import { migrations } from './migrations.ts'
import { Publisher } from './publisher.ts'
import { Refusals } from './refusals.ts'
import { Sender } from './sender.ts'
import { Subscribers } from './subscribers.ts'

/** Time for a command, and for making a publication. */
const DEADLINE_MS = 60_000

export type ServiceSettings = {
  readonly proxy: string
  readonly storeFile: string
  readonly definition: ServiceDefinition
}

/** Resolves once the own proxy was met. */
export async function startService(settings: ServiceSettings, context: ProcessContext): Promise<void> {
  const { log, signal, started, fail } = context
  const store = openStore({ path: settings.storeFile, migrations }, { log, fail })
  started.add({ [Symbol.dispose]: () => store.close() })
  const client = started.add(new HttpClient())
  const outbox = new Outbox(store)
  const lasting = new Settings(store)
  const refusals = new Refusals(log)
  const met = new Wake()
  const { commands, publisher } = workOf(settings.definition, {
    store,
    outbox,
    context,
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
    commands: usagesOf(commandsOf(settings.definition)),
    client,
    log,
    random: Math.random,
    owner: {
      position: () => lasting.position,
      met: async () => {},
      outgoing: () => outbox.head(),
      notHandedOver: () => {},
      handedOver: async (results, messages) => {
        await store.note(() => {
          for (const { id } of results) outbox.remove(id)
        })
        refusals.note(results, messages)
      },
      tellRead: async () => {},
      onEvent: event => {
        if (event.kind === 'hello') kept.begin(event)
        if (event.kind === 'message') kept.keep(event, () => commands.take(event.message))
        if (event.kind === 'failed' || event.kind === 'restarted') kept.keep(event, () => () => {})
      },
      onConnection: () => met.ring(),
    },
  })
  started.addWork(link.run(signal))
  started.addWork(commands.run())
  if (publisher !== undefined) started.addWork(publisher.run())
  await met.sleep(signal)
}

type WorkParts = {
  readonly store: Store
  readonly outbox: Outbox
  readonly context: ProcessContext
  readonly workWaits: () => void
}

function workOf(definition: ServiceDefinition, { store, outbox, context, workWaits }: WorkParts) {
  const { log, signal } = context
  const now = () => new Date()
  const commands = commandsOf(definition)
  const subscribers = new Subscribers(store)
  const sender = new Sender(outbox, now)
  const surroundings = { signal, now, random: Math.random, deadlineMs: DEADLINE_MS }
  const common = { ...surroundings, store, subscribers, sender, log, workWaits }
  const { publish } = definition
  return {
    commands: new CommandRunner({ ...common, definition, commands, jobs: new Jobs(store) }),
    publisher: publish && new Publisher({ ...common, publish }),
  }
}
