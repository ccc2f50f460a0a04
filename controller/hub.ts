/** The open streams: routing tables and credentials to proxies, news to dashboards. */
import { isDeepStrictEqual } from 'node:util'
import type { Context } from 'hono'
import { EventReaders, type EventWriter } from '../shared/process/event-stream.ts'
import type { DashboardEvent, ProxyView, RoutesEvent } from '../shared/protocol/control.ts'
import { nameKey, own } from '../shared/protocol/names.ts'
import { credentialsFor, credentialViews } from './credentials.ts'
import type { State } from './document.ts'
import type { Presence } from './presence.ts'

/** News of proxies are gathered for this long before they are sent, so that a burst is one event. */
const GATHER_MS = 100

export class Hub implements Disposable {
  readonly #proxies = new Map<string, EventWriter>()
  readonly #proxyReaders = new EventReaders(10_000)
  readonly #dashboards = new EventReaders(64)
  readonly #demo: boolean
  readonly #presence: Presence
  readonly #state: () => State
  readonly #tick: NodeJS.Timeout
  #gathering: NodeJS.Timeout | undefined
  #shown: ProxyView[] = []

  constructor(parts: { demo: boolean; presence: Presence; state: () => State }) {
    this.#demo = parts.demo
    this.#presence = parts.presence
    this.#state = parts.state
    this.#tick = setInterval(() => this.proxiesChanged(), 1_000)
  }

  views(): ProxyView[] {
    return this.#presence.views(this.#state(), name => this.#proxies.has(nameKey(name)))
  }

  /** Opens a proxy's stream; a second one under the same name takes over from the first. */
  openRoutes(c: Context, name: string): Response {
    const key = nameKey(name)
    return this.#proxyReaders.open(c, {
      onOpen: writer => {
        this.#proxies.set(key, writer)
        this.#pushAll(key, writer)
        this.proxiesChanged()
      },
      onClose: writer => {
        if (this.#proxies.get(key) === writer) this.#proxies.delete(key)
        this.proxiesChanged()
      },
    })
  }

  /** Ends a proxy's stream; a living proxy registers again and opens another. */
  closeRoutes(name: string): void {
    this.#proxies.get(nameKey(name))?.close()
  }

  openDashboard(c: Context): Response {
    return this.#dashboards.open(c, {
      onOpen: writer => {
        const hello: DashboardEvent = {
          kind: 'hello',
          demo: this.#demo,
          proxies: this.views(),
          credentials: credentialViews(this.#state()),
        }
        writer.send({ data: hello })
      },
    })
  }

  /** Sends what differs between two states to the proxies it concerns, and tells the dashboards. */
  stateChanged(before: State, after: State): void {
    for (const [key, table] of Object.entries(after.tables)) {
      const { version, author, endpoints } = table.history[0]
      const old = own(before.tables, key)?.history[0]
      const writer = this.#proxies.get(key)
      if (old?.version !== version) {
        this.#tellDashboards({ kind: 'table', name: table.name, version, author })
        if (writer) send(writer, { kind: 'table', version, endpoints })
      }
      const credentials = credentialsFor(after, endpoints)
      const same = old !== undefined && isDeepStrictEqual(credentials, credentialsFor(before, old.endpoints))
      if (writer && !same) send(writer, { kind: 'credentials', credentials })
    }
    if (before.credentials !== after.credentials)
      this.#tellDashboards({ kind: 'credentials', credentials: credentialViews(after) })
    this.proxiesChanged()
  }

  /** Tells the dashboards, shortly, if any proxy looks different from when they last heard. */
  proxiesChanged(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      const proxies = this.views()
      if (isDeepStrictEqual(proxies, this.#shown)) return
      this.#shown = proxies
      this.#tellDashboards({ kind: 'proxies', proxies })
    }, GATHER_MS)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#tick)
    clearTimeout(this.#gathering)
  }

  #pushAll(key: string, writer: EventWriter): void {
    const table = own(this.#state().tables, key)
    if (table === undefined) return
    const { version, endpoints } = table.history[0]
    send(writer, { kind: 'credentials', credentials: credentialsFor(this.#state(), endpoints) })
    send(writer, { kind: 'table', version, endpoints })
  }

  #tellDashboards(event: DashboardEvent): void {
    this.#dashboards.sendAll({ data: event })
  }
}

const send = (writer: EventWriter, data: RoutesEvent): void => writer.send({ data })
