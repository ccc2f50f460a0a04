/** Which credentials the page shows: each provider's own, the others that are set, and those that routes ask for. */
import type { CredentialView } from '../../../shared/protocol/control.ts'
import { API_KINDS, type ApiKind, isApiRoute, type Route } from '../../../shared/protocol/route.ts'

export type CredentialEntry = {
  readonly id: string
  readonly provider: ApiKind
  /** Undefined while it is not set. */
  readonly credential: CredentialView | undefined
}

/** One that is not set but named by a route belongs to the provider of that route. */
export function credentialList(credentials: readonly CredentialView[], routes: readonly Route[]): CredentialEntry[] {
  const providers = new Map<string, ApiKind>(API_KINDS.map(kind => [kind, kind]))
  for (const { id, provider } of credentials) providers.set(id, provider)
  for (const route of routes.filter(isApiRoute))
    if (route.credential !== undefined && !providers.has(route.credential)) providers.set(route.credential, route.kind)
  return [...providers].map(([id, provider]) => ({
    id,
    provider,
    credential: credentials.find(known => known.id === id),
  }))
}
