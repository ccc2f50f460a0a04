/** Whether the credentials that routes name exist and may be sent where the routes point. */
import type { CredentialView } from '../../../shared/protocol/control.ts'
import {
  boundOrigins,
  credentialProblem,
  type Endpoints,
  isApiRoute,
  type Route,
} from '../../../shared/protocol/route.ts'
import type { Issue } from './route-issues.ts'

type Credential = Pick<CredentialView, 'id' | 'origins'>

export type CredentialProblem = { readonly why: 'missing' | 'origin'; readonly words: string }

/** Undefined when the route names no credential, or one that is set and may go where the route points. */
export function routeCredentialProblem(
  route: Route,
  credentials: readonly Credential[],
): CredentialProblem | undefined {
  if (!isApiRoute(route) || route.credential === undefined) return undefined
  const credential = credentials.find(({ id }) => id === route.credential)
  const problem = credentialProblem(route, boundOrigins(route.credential, credential?.origins))
  if (problem !== undefined) return { why: 'origin', words: problem }
  if (credential !== undefined) return undefined
  return { why: 'missing', words: `no credential "${route.credential}" is set; calls fail until it is` }
}

/** A missing credential is a warning: it may be set later. One that may not go there is an issue: the controller refuses it. */
export function credentialReferences(
  endpoints: Endpoints,
  credentials: readonly Credential[],
): { warnings: readonly Issue[]; issues: readonly Issue[] } {
  const found = Object.entries(endpoints).flatMap(([name, route]) => {
    const problem = routeCredentialProblem(route, credentials)
    if (problem === undefined) return []
    const field = problem.why === 'missing' ? 'credential' : 'baseUrl'
    return [{ why: problem.why, issue: { name, field, words: problem.words } }]
  })
  const only = (wanted: 'missing' | 'origin') => found.filter(({ why }) => why === wanted).map(({ issue }) => issue)
  return { warnings: only('missing'), issues: only('origin') }
}
