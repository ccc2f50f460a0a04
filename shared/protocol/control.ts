/** What the controller offers: to proxies (register, heartbeat, routes) and to the dashboard. */
import * as z from 'zod'
import { DisplayName, PeerName } from './names.ts'
import { ApiRoute, CredentialId, Endpoints, Port } from './route.ts'
import { SavedEndpoints } from './route-address.ts'
import { hasUserInfo, originOf } from './web-address.ts'

export const Provider = z.enum(['openai', 'anthropic', 'gemini', 'mistral'])

/** Figures of one proxy since its start, reported with each heartbeat. */
export const Counters = z.object({
  sent: z
    .int()
    .nonnegative()
    .describe('messages accepted from the own peer since the start, and those that waited then'),
  delivered: z.int().nonnegative().describe('messages safe at their recipient’s proxy'),
  received: z.int().nonnegative().describe('messages taken from other proxies'),
  failed: z.int().nonnegative().describe('messages given up: refused, too old, or taken back'),
  waiting: z.int().nonnegative().describe('messages in the outbox now'),
  asked: z.int().nonnegative().describe('questions sent to an API'),
})
export type Counters = z.infer<typeof Counters>

export const Registration = z.object({
  name: PeerName,
  host: z.string().min(1),
  port: Port,
  displayName: DisplayName.optional()
    .catch(undefined)
    .describe('what its peer is called; one that may not be shown is left out'),
})
export type Registration = z.infer<typeof Registration>
export const Heartbeat = z.object({
  name: PeerName,
  counters: Counters,
  startedAt: z.iso.datetime().optional().describe('when the proxy started: its counters begin there'),
})
export const RoutesAnswer = z.object({
  name: PeerName,
  version: z.int().positive().nullable().describe('null for a push of which not even the version could be read'),
  applied: z.boolean(),
  reason: z.string().optional(),
  inForce: z.int().positive().optional().describe('with a refusal: the version that stays in force'),
})
export type RoutesAnswer = z.infer<typeof RoutesAnswer>

const PushedCredential = z.object({ value: z.string(), origins: z.array(z.string()) })

/** What the controller pushes on `GET /api/routes`. Credentials travel only here, to proxies whose routes name them. */
export const RoutesEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('table'),
    version: z.int().positive(),
    endpoints: Endpoints,
    document: z.uuid().optional().describe('whose numbering the version is of: another document begins anew'),
  }),
  z.object({
    kind: z.literal('credentials'),
    credentials: z.record(CredentialId, PushedCredential),
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
  host: z.string(),
  port: Port,
  status: ProxyStatus,
  connected: z.boolean().describe('its stream of routing tables is open'),
  lastSeen: z.iso.datetime(),
  version: z.object({
    wanted: z.int().positive(),
    applied: z.int().positive().nullable(),
    refused: z.object({ version: z.int().positive(), reason: z.string() }).nullable(),
  }),
  counters: Counters.nullable(),
  startedAt: Heartbeat.shape.startedAt,
})
export type ProxyView = z.infer<typeof ProxyView>
export const ProxyViews = z.array(ProxyView)

export const TableView = z.object({ version: z.int().positive(), endpoints: Endpoints })
export type TableView = z.infer<typeof TableView>
export const TableChange = z.strictObject({ endpoints: SavedEndpoints })
export const Rollback = z.strictObject({ version: z.int().positive() })

const Difference = z.object({ added: z.array(PeerName), removed: z.array(PeerName), changed: z.array(PeerName) })
export type Difference = z.infer<typeof Difference>
export const TableVersion = z.object({
  version: z.int().positive(),
  time: z.iso.datetime(),
  author: z.string(),
  difference: Difference,
  endpoints: Endpoints,
})
export type TableVersion = z.infer<typeof TableVersion>
export const TableHistory = z.array(TableVersion)

const Origin = z
  .url({ protocol: /^https?$/, error: 'must be an origin such as https://api.example.com' })
  .max(300)
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
    .max(8)
    .transform(origins => [...new Set(origins)])
    .optional(),
})
export type CredentialChange = z.infer<typeof CredentialChange>
export const CredentialView = z.object({
  id: CredentialId,
  provider: Provider,
  last4: z.string(),
  origins: z.array(z.string()),
  set: z.literal(true),
})
export type CredentialView = z.infer<typeof CredentialView>
export const CredentialViews = z.array(CredentialView)

/** What the dashboard hears. `hello` comes first at each connection; `changes` with those that changed since. */
export const DashboardEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), demo: z.boolean(), proxies: ProxyViews, credentials: CredentialViews }),
  z.object({
    kind: z.literal('changes'),
    proxies: ProxyViews,
    removed: z.array(z.string()).describe('names in small letters'),
  }),
  z.object({ kind: z.literal('table'), name: PeerName, version: z.int().positive(), author: z.string() }),
  z.object({ kind: z.literal('credentials'), credentials: CredentialViews }),
  z.object({ kind: z.literal('usage') }).describe('`GET /api/usage` answers otherwise now'),
])
export type DashboardEvent = z.infer<typeof DashboardEvent>
export type { ApiRoute }
