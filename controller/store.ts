/** The verbs on the controller's document; every change that reached the disk is told to the listener. */
import type { Config } from '../config/config.ts'
import type { Ports } from '../config/ports.ts'
import type { CredentialChange, Registration, TableVersion } from '../shared/protocol/control.ts'
import { NotFoundError } from '../shared/protocol/errors.ts'
import { nameKey, own } from '../shared/protocol/names.ts'
import type { Endpoints } from '../shared/protocol/route.ts'
import { checkCredentials, withCredential, withoutCredential } from './credentials.ts'
import type { Document, State } from './document.ts'
import { ChangedMeanwhileError, UnknownProxyError } from './errors.ts'
import { register, withTable } from './tables.ts'

export type Listener = (before: State, after: State) => void

export class Store {
  readonly #document: Document
  readonly #overlay: { config: Config; ports: Ports; now: () => Date }
  #listener: Listener = () => {}

  constructor(document: Document, overlay: { config: Config; ports: Ports; now: () => Date }) {
    this.#document = document
    this.#overlay = overlay
  }

  onChange(listener: Listener): void {
    this.#listener = listener
  }

  get state(): State {
    return this.#document.state
  }

  proxyNames(): string[] {
    return Object.values(this.state.proxies).map(({ name }) => name)
  }

  /** @throws {UnknownProxyError} when no proxy of that name has a table */
  table(name: string): TableVersion {
    return this.history(name)[0]
  }

  history(name: string): [TableVersion, ...TableVersion[]] {
    const table = own(this.state.tables, nameKey(name))
    if (table === undefined) throw new UnknownProxyError(name, this.proxyNames())
    return table.history
  }

  async register(registration: Registration): Promise<void> {
    const { config, ports, now } = this.#overlay
    await this.change(state => register(state, registration, { config, ports, now: now() }))
  }

  /** `ifMatch` is the version that the author read, or `*` to save over any. */
  async saveTable(
    name: string,
    edit: { endpoints: Endpoints; author: string; ifMatch: string },
  ): Promise<TableVersion> {
    await this.change(state => {
      const { version, endpoints: before } = this.table(name)
      if (edit.ifMatch !== '*' && edit.ifMatch !== String(version))
        throw new ChangedMeanwhileError(name, { given: edit.ifMatch, now: version })
      checkCredentials(state, { before, endpoints: edit.endpoints })
      return withTable(state, name, { ...edit, now: this.#overlay.now() })
    })
    return this.table(name)
  }

  /** Makes an earlier version the newest one. */
  async rollback(name: string, version: number): Promise<TableVersion> {
    const wanted = this.history(name).find(candidate => candidate.version === version)
    if (wanted === undefined)
      throw new NotFoundError(`Cannot restore version ${version} of ${name}: it is not among the versions kept.`)
    return this.saveTable(name, { endpoints: wanted.endpoints, author: `restore of version ${version}`, ifMatch: '*' })
  }

  async forget(name: string): Promise<void> {
    if (own(this.state.proxies, nameKey(name)) === undefined) throw new UnknownProxyError(name, this.proxyNames())
    await this.change(state => {
      const { [nameKey(name)]: _forgotten, ...proxies } = state.proxies
      return { ...state, proxies }
    })
  }

  putCredential(id: string, change: CredentialChange): Promise<void> {
    return this.change(state => withCredential(state, id, change))
  }

  async removeCredential(id: string): Promise<void> {
    if (own(this.state.credentials, id) === undefined)
      throw new NotFoundError(
        `Cannot remove credential "${id}": it is not set. Set: ${Object.keys(this.state.credentials).join(', ') || 'none'}.`,
      )
    await this.change(state => withoutCredential(state, id))
  }

  async change(next: (state: State) => State): Promise<void> {
    let before = this.state
    await this.#document.change(state => {
      before = state
      return next(state)
    })
    this.#listener(before, this.state)
  }
}
