/** Routing tables: for each name, how a proxy reaches it. */
import * as z from 'zod'
import { MOST_NAMES, table, text, URL_LENGTH } from './bounds.ts'
import { nameKey, own, PeerName, sameName } from './names.ts'

export const Port = z.int().min(1).max(65535)
export const CredentialId = z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 small letters, digits or "-"')

export const PeerRoute = z.strictObject({
  kind: z.literal('peer'),
  host: z.string().min(1).max(255),
  port: Port,
})
export type PeerRoute = z.infer<typeof PeerRoute>

/** Parameters in the overlay's own words; each provider's translation maps or leaves out what its API does not take. */
export const Parameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  maxTokens: z.int().min(1).max(1_000_000).optional(),
  stop: z.array(text(1_000).min(1)).max(4).optional(),
  seed: z.int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional(),
})
export type Parameters = z.infer<typeof Parameters>

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address', abort: true }).max(URL_LENGTH)

/** How much of a route is used at once. Questions beyond `parallel` wait; beyond `waiting` they are refused. */
export const RouteLimits = z.strictObject({
  parallel: z.int().min(1).max(1000).default(16).describe('most calls that run at the same time'),
  waiting: z.int().min(0).max(10_000).default(64).describe('most questions that wait for one of them to end'),
})
export type RouteLimits = z.infer<typeof RouteLimits>

const apiRoute = <K extends string>(kind: K) =>
  z.strictObject({
    kind: z.literal(kind),
    baseUrl: httpUrl,
    model: z.string().min(1).max(200),
    credential: CredentialId.optional().describe('which credential the call carries; none for servers that want none'),
    parameters: Parameters.optional(),
    timeoutMs: z.int().min(100).max(600_000).optional().describe('longest wait for the first byte and between pieces'),
    fallback: z
      .array(PeerName)
      .min(1)
      .max(5)
      .optional()
      .describe('routes of the same table that answer, in this order, when this one fails before its first piece'),
    limits: RouteLimits.optional(),
    privateNetwork: z
      .boolean()
      .optional()
      .describe('the address may lead to this machine or to a network of its own, such as that of Ollama or LM Studio'),
    demo: z.boolean().optional().describe('the address is the demonstration provider: its answers are labelled'),
  })

export const ApiRoute = z.discriminatedUnion('kind', [
  apiRoute('openai').extend({
    dialect: z
      .literal('compatible')
      .optional()
      .describe('a server that knows less than OpenAI: only max_tokens, perhaps no usage and no [DONE]'),
  }),
  apiRoute('anthropic'),
  apiRoute('gemini'),
  apiRoute('mistral'),
])
export type ApiRoute = z.infer<typeof ApiRoute>
export type ApiKind = ApiRoute['kind']
export const API_KINDS = ['openai', 'anthropic', 'gemini', 'mistral'] as const satisfies readonly ApiKind[]

const KINDS = ['peer', ...API_KINDS] as const
export const Route = z.discriminatedUnion('kind', [PeerRoute, ...ApiRoute.options], {
  error: issue => (issue.code === 'invalid_union' ? `must be one of ${KINDS.join(', ')}` : undefined),
})
export type Route = z.infer<typeof Route>

/** A whole routing table: name → route. Two names that differ only in case are refused. */
export const Endpoints = table(PeerName, Route, MOST_NAMES).superRefine((endpoints, context) => {
  const seen = new Map<string, string>()
  for (const name of Object.keys(endpoints)) {
    const other = seen.get(nameKey(name))
    if (other !== undefined)
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `is the same name as "${other}"; names match without regard to case`,
      })
    seen.set(nameKey(name), name)
    const problem = fallbackProblem(endpoints, name)
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [name, 'fallback'], message: problem })
  }
})
export type Endpoints = z.infer<typeof Endpoints>

export const isApiRoute = (route: Route): route is ApiRoute => route.kind !== 'peer'

/** Why the fallbacks of a route cannot be followed, or undefined when they can: each is another API route of the same table. */
export function fallbackProblem(routes: Readonly<Record<string, Route>>, name: string): string | undefined {
  const route = own(routes, name)
  if (route === undefined || !isApiRoute(route)) return undefined
  const others = Object.keys(routes).filter(other => {
    const found = own(routes, other)
    return !sameName(other, name) && found !== undefined && isApiRoute(found)
  })
  const unknown = route.fallback?.find(fallback => !others.some(other => sameName(other, fallback)))
  if (unknown === undefined) return undefined
  const known = others.length === 0 ? 'there is none' : `there are ${others.join(', ')}`
  return `names "${unknown}", which is no other AI route of the table; ${known}`
}

/** Where each provider's own credential may be sent when nobody said otherwise. */
export const PROVIDER_ORIGINS = {
  openai: ['https://api.openai.com'],
  anthropic: ['https://api.anthropic.com'],
  gemini: ['https://generativelanguage.googleapis.com'],
  mistral: ['https://api.mistral.ai'],
} as const satisfies Record<ApiKind, readonly string[]>

/** Those of the origins that are not the provider's own. */
export const foreignOrigins = (provider: ApiKind, origins: readonly string[]): string[] =>
  origins.filter(origin => !PROVIDER_ORIGINS[provider].some(own => own === origin))

/** The environment variable that sets each provider's credential at start. */
export const PROVIDER_VARIABLES = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  gemini: 'GEMINI_API_KEY',
  mistral: 'MISTRAL_API_KEY',
} as const satisfies Record<ApiKind, string>

/** Where a credential may be sent: a provider's own is bound to the provider's own origins even before it has a value. */
export function boundOrigins(
  id: string | undefined,
  origins: readonly string[] | undefined,
): readonly string[] | undefined {
  const provider = API_KINDS.find(kind => kind === id)
  return origins ?? (provider === undefined ? undefined : PROVIDER_ORIGINS[provider])
}

/** Why a route may not carry its credential, or undefined when it may. A credential goes only to its own origins. */
export function credentialProblem(route: ApiRoute, origins: readonly string[] | undefined): string | undefined {
  if (route.credential === undefined || origins === undefined) return undefined
  const origin = new URL(route.baseUrl).origin
  if (origins.includes(origin)) return undefined
  return `points at ${origin}, but credential "${route.credential}" may only be sent to ${origins.join(', ')}`
}
