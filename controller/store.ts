/** The verbs on the controller's document; every change that reached the disk is told to the listener. */
import type { Config } from '../config/config.ts'
import type { Ports } from '../config/ports.ts'
import type { CredentialChange, Registration, TableVersion } from '../shared/protocol/control.ts'
import { NotFoundError } from '../shared/protocol/errors.ts'
import { nameKey, own, sameName } from '../shared/protocol/names.ts'
import type { Endpoints } from '../shared/protocol/route.ts'
import type { UsageReport } from '../shared/protocol/usage.ts'
import { checkUse } from './credential-use.ts'
import { checkCredentials, withCredential, withoutCredential } from './credentials.ts'
import type { Document, Listener, State } from './document.ts'
import { SHARED_BYTES } from './document-bounds.ts'
import { ChangedMeanwhileError, DocumentFullError, UnknownProxyError } from './errors.ts'
import { reconcile, register, withTable } from './tables.ts'
import { knownRevision, type UsageLedgers, withReport } from './usage.ts'

export class Store {
  readonly #document: Document
  #overlay: { readonly config: Config; readonly ports: Ports; readonly now: () => Date }

  constructor(document: Document, overlay: { config: Config; ports: Ports; now: () => Date }) {
    this.#document = document
    this.#overlay = overlay
  }

  onChange(listener: Listener): void {
    this.#document.onWritten(listener)
  }

  get state(): State {
    return this.#document.state
  }

  proxyNames(): string[] {
    return namesIn(this.state)
  }

  /** Brings the tables up to another configuration. @returns the names of the proxies that are forgotten by that */
  async configure(config: Config): Promise<string[]> {
    const { ports, now } = this.#overlay
    const before = this.proxyNames()
    await this.change(state => reconcile(state, { config, ports, now: now() }))
    this.#overlay = { config, ports, now }
    return before.filter(name => own(this.state.proxies, nameKey(name)) === undefined)
  }

  /** @throws {UnknownProxyError} when no proxy of that name has a table */
  table(name: string): TableVersion {
    return this.history(name)[0]
  }

  history(name: string): [TableVersion, ...TableVersion[]] {
    return historyIn(this.state, name)
  }

  async register(registration: Registration): Promise<void> {
    const { config, ports, now } = this.#overlay
    if (own(this.state.tables, nameKey(registration.name)) === undefined) this.#requireRoom(registration.name)
    await this.change(state => register(state, registration, { config, ports, now: now() }))
  }

  /**
   * `ifMatch` is the version that the author read, or `*` to save over any. `above` is the version that the proxy has: after
   * a backup of the document was restored it may be ahead, and would refuse a lower one.
   */
  async saveTable(
    name: string,
    edit: { endpoints: Endpoints; author: string; ifMatch: string; above?: number },
  ): Promise<TableVersion> {
    let saved = this.table(name)
    this.#requireRoom(name)
    await this.change(state => {
      const { version, endpoints: before } = historyIn(state, name)[0]
      if (edit.ifMatch !== '*' && edit.ifMatch !== String(version))
        throw new ChangedMeanwhileError(name, { given: edit.ifMatch, now: version })
      checkCredentials(state, { before, endpoints: edit.endpoints })
      const next = withTable(state, name, { ...edit, now: this.#overlay.now() })
      saved = historyIn(next, name)[0]
      return next
    })
    return saved
  }

  /** Makes an earlier version the newest one. */
  async rollback(name: string, version: number, above = 0): Promise<TableVersion> {
    const wanted = this.history(name).find(candidate => candidate.version === version)
    if (wanted === undefined)
      throw new NotFoundError(`Cannot restore version ${version} of ${name}: it is not among the versions kept.`)
    const author = `restore of version ${version}`
    return this.saveTable(name, { endpoints: wanted.endpoints, author, ifMatch: '*', above })
  }

  async forget(name: string): Promise<void> {
    if (own(this.state.proxies, nameKey(name)) === undefined) throw new UnknownProxyError(name, this.proxyNames())
    await this.change(state => {
      const { [nameKey(name)]: _forgotten, ...proxies } = state.proxies
      return { ...state, proxies }
    })
  }

  get usage(): UsageLedgers {
    return this.state.usage ?? {}
  }

  /** @returns the revision up to which the rows of the store are known now */
  async takeUsage(report: UsageReport): Promise<number> {
    let revision = 0
    await this.change(state => {
      const before = state.usage ?? {}
      const now = this.#overlay.now()
      const known = knownRevision(before, report.store, now)
      revision = report.after > known ? known : Math.max(known, ...report.rows.map(row => row.revision))
      const isKnown = (name: string) => own(state.proxies, nameKey(name)) !== undefined
      const usage = withReport(before, report, { now, configured: configuredNames(state), isKnown })
      return usage === before ? state : { ...state, usage }
    })
    return revision
  }

  putCredential(id: string, change: CredentialChange): Promise<void> {
    return this.change(state => {
      const next = withCredential(state, id, change)
      checkUse(state, next, id)
      return next
    })
  }

  async removeCredential(id: string): Promise<void> {
    if (own(this.state.credentials, id) === undefined)
      throw new NotFoundError(
        `Cannot remove credential "${id}": it is not set. Set: ${Object.keys(this.state.credentials).join(', ') || 'none'}.`,
      )
    await this.change(state => withoutCredential(state, id))
  }

  /** @throws {DocumentFullError} for a name that the configuration does not have, where only the others still have room */
  #requireRoom(name: string): void {
    const { bytes } = this.#document
    const isConfigured = this.#overlay.config.instances.some(instance => sameName(instance.name, name))
    if (!isConfigured && bytes > SHARED_BYTES) throw new DocumentFullError({ bytes, most: SHARED_BYTES })
  }

  change(next: (state: State) => State): Promise<void> {
    return this.#document.change(next)
  }
}

const configuredNames = ({ tables }: State): ReadonlySet<string> =>
  new Set(Object.keys(tables).filter(key => tables[key]?.configured === true))

const namesIn = (state: State): string[] => Object.values(state.proxies).map(({ name }) => name)

function historyIn(state: State, name: string): [TableVersion, ...TableVersion[]] {
  const table = own(state.tables, nameKey(name))
  if (table === undefined) throw new UnknownProxyError(name, namesIn(state))
  return table.history
}
