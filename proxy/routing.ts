/** The routing table in force, the credentials beside it, and the last good table on disk. */
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { Secret } from '../shared/process/secret.ts'
import { Setting } from '../shared/process/setting.ts'
import type { Store } from '../shared/process/store.ts'
import { storedJson } from '../shared/process/stored-json.ts'
import { UnknownPeerError } from '../shared/protocol/errors.ts'
import { findByName, nameKey, sameName } from '../shared/protocol/names.ts'
import {
  type ApiRoute,
  credentialProblem,
  Endpoints,
  isApiRoute,
  type PeerRoute,
  type Route,
} from '../shared/protocol/route.ts'
import { allAsMeant } from '../shared/protocol/route-address.ts'

export type Credential = { readonly secret: Secret; readonly origins: readonly string[] }

const Table = z.object({
  version: z.int(),
  endpoints: Endpoints,
  document: z.string().optional(),
  marked: z.literal(true).optional().describe('kept since routes say whether they lead to a private network'),
})
type Table = z.infer<typeof Table>

const withMarks = (kept: Table | undefined): Table | undefined =>
  kept === undefined || kept.marked === true ? kept : { ...kept, endpoints: allAsMeant(kept.endpoints) }

export class Routing {
  readonly #store: Store
  readonly #kept: Setting<Table>
  #table: Table | undefined
  #credentials = new Map<string, Credential>()
  #heardCredentials = false
  /** The names of the table, in small letters. */
  #names: ReadonlySet<string>

  constructor(store: Store) {
    this.#store = store
    this.#kept = new Setting(store, 'table', storedJson(Table))
    this.#table = withMarks(this.#kept.read())
    this.#names = namesIn(this.#table)
  }

  get isReady(): boolean {
    return this.#table !== undefined
  }

  get endpoints(): Endpoints {
    return this.#table?.endpoints ?? {}
  }

  /** The version in force, or undefined before the first. */
  get version(): number | undefined {
    return this.#table?.version
  }

  /** Whether exactly this table is in force. */
  holds(table: Table): boolean {
    const now = this.#table
    return (
      now?.version === table.version &&
      now.document === table.document &&
      isDeepStrictEqual(now.endpoints, table.endpoints)
    )
  }

  /** Why a table cannot be applied, or undefined. Versions of one document of the controller only go up. */
  problem({ version, document }: Table): string | undefined {
    if (this.#table !== undefined && this.#table.document === document && version < this.#table.version)
      return `version ${version} is older than version ${this.#table.version}, which stays in force`
    return undefined
  }

  /** Why one route cannot be asked now, to be read behind its name; the others of the table go on. */
  unusable(route: ApiRoute): string | undefined {
    return credentialProblem(route, this.#credentials.get(route.credential ?? '')?.origins)
  }

  /** Puts a table in force once it is on disk. */
  async apply(table: Table): Promise<void> {
    await this.#store.write(() => this.#kept.write({ ...table, marked: true }))
    this.#table = table
    this.#names = namesIn(table)
  }

  /** Credentials stay in memory: a proxy never writes them to its disk. */
  setCredentials(credentials: Readonly<Record<string, { value: string; origins: string[] }>>): void {
    this.#heardCredentials = true
    this.#credentials = new Map(
      Object.entries(credentials).map(([id, { value, origins }]) => [id, { secret: new Secret(value), origins }]),
    )
  }

  /** False until the controller told, since this start, which credentials there are. */
  get heardCredentials(): boolean {
    return this.#heardCredentials
  }

  credential(id: string): Credential | undefined {
    return this.#credentials.get(id)
  }

  /** @throws {UnknownPeerError} naming the known ones */
  find(name: string): { name: string; route: Route } {
    const found = findByName(this.endpoints, name)
    if (found === undefined) throw new UnknownPeerError(name, Object.keys(this.endpoints))
    return { name: found[0], route: found[1] }
  }

  /** @throws {UnknownPeerError} when the name is unknown or now names an API */
  peer(name: string): PeerRoute {
    const { route } = this.find(name)
    if (isApiRoute(route)) throw new UnknownPeerError(name, this.peerNames())
    return route
  }

  /** Whether the table has a name. */
  has(name: string): boolean {
    return this.#names.has(nameKey(name))
  }

  /** Whether the table names a peer so. */
  isPeer(name: string): boolean {
    return this.has(name) && findByName(this.endpoints, name)?.[1].kind === 'peer'
  }

  /** Whether two names are those of one peer, as far as this table knows: the same, or two for one address. */
  isSamePeer(one: string, other: string): boolean {
    if (sameName(one, other)) return true
    const [a, b] = [one, other].map(name => findByName(this.endpoints, name)?.[1])
    return a?.kind === 'peer' && b?.kind === 'peer' && a.host === b.host && a.port === b.port
  }

  peerNames(): string[] {
    return Object.entries(this.endpoints).flatMap(([name, route]) => (isApiRoute(route) ? [] : [name]))
  }

  /** The API route of a name, or undefined when it names a peer. */
  api(name: string): { name: string; route: ApiRoute } | undefined {
    const found = findByName(this.endpoints, name)
    return found !== undefined && isApiRoute(found[1]) ? { name: found[0], route: found[1] } : undefined
  }
}

const namesIn = (table: Table | undefined): Set<string> => new Set(Object.keys(table?.endpoints ?? {}).map(nameKey))
