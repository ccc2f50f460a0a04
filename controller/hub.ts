/** The open streams: routing tables and credentials to proxies, news to dashboards. */
import { isDeepStrictEqual } from 'node:util'
import type { Context } from 'hono'
import { EventReaders, type EventWriter, frameOf } from '../shared/process/event-stream.ts'
import { Grace } from '../shared/process/grace.ts'
import { NumberedEvents } from '../shared/process/numbered-events.ts'
import type { DashboardEvent, ProxyView, RoutesEvent } from '../shared/protocol/control.ts'
import { nameKey, own } from '../shared/protocol/names.ts'
import type { Present } from '../shared/protocol/present.ts'
import { credentialsFor, credentialViews } from './credentials.ts'
import type { State, Table } from './document.ts'
import { MOST_PROXIES } from './document-bounds.ts'
import { News } from './news.ts'
import type { Presence } from './presence.ts'
import { allEvents, tableEvent } from './routes-events.ts'
import { Trials } from './trials.ts'

/** News are gathered for this long after the last dashboard listened or read the present: it opens its stream behind that. */
const HEARD_MS = 30_000

export class Hub implements Disposable {
  readonly #proxies = new Map<string, EventWriter>()
  readonly #proxyReaders = new EventReaders(MOST_PROXIES)
  readonly #dashboards = new NumberedEvents()
  /** From then on nothing is gathered, so that the count begins anew. */
  readonly #unheard = new Grace(HEARD_MS, () => {
    this.#isHeard = false
    this.#dashboards.renew()
  })
  #isHeard = false
  #isDisposed = false
  readonly #demo: boolean
  readonly #presence: Presence
  readonly #state: () => State
  readonly #news: News
  /** Streams of proxies that can try keys and routes. */
  readonly #trying = new WeakSet<EventWriter>()
  readonly trials = new Trials({
    push: (name, event) => {
      const writer = this.#proxies.get(nameKey(name))
      if (writer === undefined) return 'offline'
      if (!this.#trying.has(writer)) return 'older'
      return writer.send({ data: event }) ? 'sent' : 'offline'
    },
  })

  constructor(parts: { demo: boolean; presence: Presence; state: () => State }) {
    this.#demo = parts.demo
    this.#presence = parts.presence
    this.#state = parts.state
    this.#news = new News({
      isWanted: () => this.#isHeard,
      view: key => this.#view(key),
      keys: () => Object.keys(this.#state().proxies),
      tell: changes => this.#tellDashboards({ kind: 'changes', ...changes }),
    })
  }

  views(): ProxyView[] {
    return Object.keys(this.#state().proxies).flatMap(key => this.#view(key) ?? [])
  }

  /** Opens a proxy's stream. A second one under the same name takes over from the first, which is closed. */
  openRoutes(c: Context, name: string, { trials = false } = {}): Response {
    const key = nameKey(name)
    return this.#proxyReaders.open(c, {
      isOwner: true,
      onOpen: writer => {
        this.#proxies.get(key)?.close()
        this.#proxies.set(key, writer)
        if (trials) this.#trying.add(writer)
        this.#pushAll(key)
        this.#news.of(key)
      },
      onClose: writer => {
        if (this.#proxies.get(key) === writer) {
          this.#proxies.delete(key)
          this.trials.proxyGone(name)
        }
        this.#news.of(key)
      },
    })
  }

  /** Whether a proxy is told its tables: its stream is open. */
  hasRoutes(name: string): boolean {
    return this.#proxies.has(nameKey(name))
  }

  /** Whether a proxy can try a key or a route now. */
  canTry(name: string): boolean {
    const writer = this.#proxies.get(nameKey(name))
    return writer !== undefined && this.#trying.has(writer)
  }

  /** Ends a proxy's stream; a living proxy registers again and opens another. */
  closeRoutes(name: string): void {
    this.#proxies.get(nameKey(name))?.close()
  }

  get connected(): number {
    return this.#proxies.size
  }

  openDashboard(c: Context): Response {
    return this.#dashboards.open(c, () => [{ data: this.#hello() }], {
      onOpen: () => this.#heard(),
      onClose: () => this.#heard(),
    })
  }

  /** What a dashboard begins with. */
  present(): Present {
    this.#heard()
    return this.#dashboards.present([{ data: this.#hello() }])
  }

  /** Sends what differs between two states to the proxies it concerns, and tells the dashboards. */
  stateChanged(before: State, after: State): void {
    const keysChanged = before.credentials !== after.credentials
    for (const key of Object.keys(after.tables)) {
      const table = own(after.tables, key)
      const old = own(before.tables, key)
      if (table === undefined || (table === old && !keysChanged)) continue
      if (table !== old) this.#tableChanged(key, table)
      this.#credentialsMayHaveChanged(key, [before, old], [after, table])
    }
    if (before.proxies !== after.proxies)
      for (const key of Object.keys({ ...before.proxies, ...after.proxies }))
        if (own(before.proxies, key) !== own(after.proxies, key)) this.#news.of(key)
    if (before.usage !== after.usage) this.#tellDashboards({ kind: 'usage' })
    if (keysChanged) this.#tellDashboards({ kind: 'credentials', credentials: credentialViews(after) })
  }

  /** Something of a proxy may look different from when the dashboards last heard. */
  proxyChanged(name: string): void {
    this.#news.of(nameKey(name))
  }

  [Symbol.dispose](): void {
    this.#news[Symbol.dispose]()
    this.#unheard[Symbol.dispose]()
    this.#isDisposed = true
    this.trials[Symbol.dispose]()
  }

  #tableChanged(key: string, table: Table): void {
    const { version, author } = table.history[0]
    this.#tellDashboards({ kind: 'table', name: table.name, version, author })
    this.#news.of(key)
    this.#push(key, [tableEvent(this.#state(), table)])
  }

  #credentialsMayHaveChanged(
    key: string,
    [before, old]: [State, Table | undefined],
    [after, table]: [State, Table],
  ): void {
    if (!this.#proxies.has(key)) return
    const credentials = credentialsFor(after, table.history[0].endpoints)
    if (old !== undefined && isDeepStrictEqual(credentials, credentialsFor(before, old.history[0].endpoints))) return
    this.#push(key, [{ kind: 'credentials', credentials }])
  }

  #pushAll(key: string): void {
    const table = own(this.#state().tables, key)
    if (table !== undefined) this.#push(key, allEvents(this.#state(), table))
  }

  /** A proxy that does not keep up is told everything anew once it reads again. */
  #push(key: string, events: readonly RoutesEvent[]): void {
    const writer = this.#proxies.get(key)
    if (writer === undefined || writer.sendFrames(events.map(data => frameOf({ data })).join(''))) return
    writer.onDrain(() => {
      if (this.#proxies.get(key) === writer) this.#pushAll(key)
    })
  }

  #view(key: string): ProxyView | undefined {
    return this.#presence.view(this.#state(), key, this.#proxies.has(key))
  }

  #heard(): void {
    this.#isHeard = true
    this.#unheard.returned()
    if (this.#dashboards.size === 0 && !this.#isDisposed) this.#unheard.left()
  }

  #hello(): DashboardEvent {
    return { kind: 'hello', demo: this.#demo, proxies: this.views(), credentials: credentialViews(this.#state()) }
  }

  #tellDashboards(event: DashboardEvent): void {
    this.#dashboards.emit({ data: event })
  }
}
