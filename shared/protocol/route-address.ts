/** Where a route may lead: what its base URL must not have, and private networks only where the route says so. */
import type * as z from 'zod'
import { privateHost } from './private-address.ts'
import { ApiRoute, Endpoints, isApiRoute, PROVIDER_ORIGINS, type Route } from './route.ts'
import { hasUserInfo } from './web-address.ts'

/** Why a route cannot be saved with its base URL, or undefined when it can. */
export function addressProblem({ baseUrl, privateNetwork }: ApiRoute): string | undefined {
  if (hasUserInfo(baseUrl)) return 'must have no user name and no password: a key belongs into a credential'
  if (baseUrl.includes('#')) return 'must have no "#": what stands behind it is never sent'
  const leads = privateHost(new URL(baseUrl).hostname)
  if (leads === undefined || privateNetwork === true) return undefined
  return `leads to ${leads}; if that is meant, tick "Private network", which is "privateNetwork": true`
}

/** A route as it is saved: stricter than those that are stored already. */
export const SavedApiRoute: z.ZodType<ApiRoute> = ApiRoute.superRefine((route, context) => {
  const problem = addressProblem(route)
  if (problem !== undefined) context.addIssue({ code: 'custom', path: ['baseUrl'], message: problem })
})

/** The same of a whole table. */
export const SavedEndpoints: z.ZodType<Endpoints> = Endpoints.superRefine((endpoints, context) => {
  for (const [name, route] of Object.entries(endpoints)) {
    const problem = isApiRoute(route) ? addressProblem(route) : undefined
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [name, 'baseUrl'], message: problem })
  }
})

/**
 * A route from before routes said so, or from a file that only its user writes: where it leads counts as meant. A name that is
 * asked without encryption is taken for one of a private network: an API on the internet has https.
 */
export function asMeant<R extends Route>(route: R): R {
  if (!isApiRoute(route) || route.privateNetwork !== undefined) return route
  const { hostname, protocol, origin } = new URL(route.baseUrl)
  const isOwn = PROVIDER_ORIGINS[route.kind].some(own => own === origin)
  const isMeant = !isOwn && (protocol === 'http:' || privateHost(hostname) !== undefined)
  return isMeant ? { ...route, privateNetwork: true } : route
}

/** The same of each route of a table; the same table where nothing changes. */
export function allAsMeant<E extends Readonly<Record<string, Route>>>(endpoints: E): E
export function allAsMeant(endpoints: Readonly<Record<string, Route>>): Readonly<Record<string, Route>> {
  const entries = Object.entries(endpoints).map(([name, route]) => [name, asMeant(route)] as const)
  return entries.every(([name, route]) => endpoints[name] === route) ? endpoints : Object.fromEntries(entries)
}
