/** What the controller offers: to proxies (register, heartbeat, routes) and to the dashboard. */
import * as z from 'zod'
import { Count, MOST_NAMES, Place, Time, table, text, URL_LENGTH } from './bounds.ts'
import { Words } from './message.ts'
import { DisplayName, PeerName } from './names.ts'
import { ApiRoute, CredentialId, Endpoints, Port } from './route.ts'
import { SavedEndpoints } from './route-address.ts'
import { hasUserInfo, originOf } from './web-address.ts'

export const Provider = z.enum(['openai', 'anthropic', 'gemini', 'mistral'])

/** Figures of one proxy since its start, reported with each heartbeat. */
export const Counters = z.object({
  sent: Count.describe('messages accepted from the own peer since the start, and those that waited then'),
  delivered: Count.describe('messages safe at their recipient’s proxy'),
  received: Count.describe('messages taken from other proxies'),
  failed: Count.describe('messages given up: refused, too old, or taken back'),
  waiting: Count.describe('messages in the outbox now'),
  asked: Count.describe('questions sent to an API'),
})
export type Counters = z.infer<typeof Counters>

export const Registration = z.object({
  name: PeerName,
  host: text(255).min(1),
  port: Port,
  displayName: DisplayName.optional()
    .catch(undefined)
    .describe('what its peer is called; one that may not be shown is left out'),
})
export type Registration = z.infer<typeof Registration>
export const Heartbeat = z.object({
  name: PeerName,
  counters: Counters,
  startedAt: Time.optional().describe('when the proxy started: its counters begin there'),
})
export const RoutesAnswer = z.object({
  name: PeerName,
  version: Place.nullable().describe('null for a push of which not even the version could be read'),
  applied: z.boolean(),
  reason: Words.optional(),
  inForce: Place.optional().catch(undefined).describe('with a refusal: the version that stays in force'),
})
export type RoutesAnswer = z.infer<typeof RoutesAnswer>

/** Most credentials in one answer or push, and most origins that one of them may be sent to. */
export const MOST_CREDENTIALS = 1_000
const ORIGINS = 8

const PushedCredential = z.object({ value: text(4_096), origins: z.array(text(URL_LENGTH)).max(ORIGINS) })

/** What the controller pushes on `GET /api/routes`. Credentials travel only here, to proxies whose routes name them. */
export const RoutesEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('table'),
    version: Place,
    endpoints: Endpoints,
    document: z.uuid().optional().describe('whose numbering the version is of: another document begins anew'),
  }),
  z.object({
    kind: z.literal('credentials'),
    credentials: table(CredentialId, PushedCredential, MOST_CREDENTIALS),
  }),
  z.object({
    kind: z.literal('trial').describe('sent only to a proxy that asked for the stream with `trials=1`'),
    id: z.uuid(),
    of: z.enum(['key', 'route']).describe('of a key the model of the route does not matter'),
    route: ApiRoute,
    credential: PushedCredential.optional().describe('for this trial alone, never kept'),
  }),
])
export type RoutesEvent = z.infer<typeof RoutesEvent>

/** `active` when seen within 60 s, `warning` within 120 s, else `stale`. */
export const ProxyStatus = z.enum(['active', 'warning', 'stale'])
export type ProxyStatus = z.infer<typeof ProxyStatus>

export const ProxyView = z.object({
  name: PeerName,
  displayName: DisplayName.optional(),
  host: text(255),
  port: Port,
  status: ProxyStatus,
  connected: z.boolean().describe('its stream of routing tables is open'),
  lastSeen: Time,
  version: z.object({
    wanted: Place,
    applied: Place.nullable(),
    refused: z.object({ version: Place, reason: Words }).nullable(),
  }),
  counters: Counters.nullable(),
  startedAt: Heartbeat.shape.startedAt,
})
export type ProxyView = z.infer<typeof ProxyView>
export const ProxyViews = z.array(ProxyView).max(MOST_NAMES)

export const TableView = z.object({ version: Place, endpoints: Endpoints })
export type TableView = z.infer<typeof TableView>
export const TableChange = z.strictObject({ endpoints: SavedEndpoints })
export const Rollback = z.strictObject({ version: Place })

const Names = z.array(PeerName).max(MOST_NAMES)
const Difference = z.object({ added: Names, removed: Names, changed: Names })
export type Difference = z.infer<typeof Difference>
export const TableVersion = z.object({
  version: Place,
  time: Time,
  author: text(100),
  difference: Difference,
  endpoints: Endpoints,
})
export type TableVersion = z.infer<typeof TableVersion>
/** How many versions of a table are kept. */
export const HISTORY_VERSIONS = 50
export const TableHistory = z.array(TableVersion).max(HISTORY_VERSIONS)

const Origin = z
  .url({ protocol: /^https?$/, error: 'must be an origin such as https://api.example.com' })
  .max(URL_LENGTH)
  .refine(
    address => !hasUserInfo(address),
    'must have no user name and no password: what stands before the @ is not where it leads',
  )
  .transform(originOf)
export const CredentialChange = z.strictObject({
  provider: Provider,
  value: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{8,512}$/, 'must be 8 to 512 visible characters without spaces')
    .optional(),
  origins: z
    .array(Origin)
    .min(1)
    .max(ORIGINS)
    .transform(origins => [...new Set(origins)])
    .optional(),
})
export type CredentialChange = z.infer<typeof CredentialChange>
export const CredentialView = z.object({
  id: CredentialId,
  provider: Provider,
  last4: text(4),
  origins: z.array(text(URL_LENGTH)).max(ORIGINS),
  set: z.literal(true),
})
export type CredentialView = z.infer<typeof CredentialView>
export const CredentialViews = z.array(CredentialView).max(MOST_CREDENTIALS)

/** What the dashboard hears. `hello` comes first at each connection; `changes` with those that changed since. */
export const DashboardEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), demo: z.boolean(), proxies: ProxyViews, credentials: CredentialViews }),
  z.object({
    kind: z.literal('changes'),
    proxies: ProxyViews,
    removed: z.array(text(32)).max(MOST_NAMES).describe('names in small letters'),
  }),
  z.object({ kind: z.literal('table'), name: PeerName, version: Place, author: text(100) }),
  z.object({ kind: z.literal('credentials'), credentials: CredentialViews }),
  z.object({ kind: z.literal('usage') }).describe('`GET /api/usage` answers otherwise now'),
])
export type DashboardEvent = z.infer<typeof DashboardEvent>
export type { ApiRoute }
