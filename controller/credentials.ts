/** Credentials: put, replaced, seeded from the environment, shown only by their last four characters. */
import { isDeepStrictEqual } from 'node:util'
import { DEMO_KEYS } from '../config/demo.ts'
import { Secret } from '../shared/process/secret.ts'
import type { CredentialChange, CredentialView } from '../shared/protocol/control.ts'
import { InvalidInputError } from '../shared/protocol/errors.ts'
import { own } from '../shared/protocol/names.ts'
import {
  API_KINDS,
  boundOrigins,
  credentialProblem,
  type Endpoints,
  foreignOrigins,
  isApiRoute,
  PROVIDER_ORIGINS,
  PROVIDER_VARIABLES,
} from '../shared/protocol/route.ts'
import type { State, StoredCredential } from './document.ts'
import { MOST_CREDENTIALS } from './document-bounds.ts'

export const credentialViews = (state: State): CredentialView[] =>
  Object.entries(state.credentials).map(([id, { provider, value, origins }]) => ({
    id,
    provider,
    last4: new Secret(value).last4,
    origins,
    set: true,
  }))

/**
 * The state with one credential put. What a change leaves out stays as it was, but for the origins of a new value: those that
 * are not the provider's own are confirmed with it, since anybody may have set them beside the value before.
 * @throws {InvalidInputError} without a value for a new credential, when a known key would be sent to new origins by someone
 *   who does not know it, and when a new value would be sent to origins that were not confirmed
 */
export function withCredential(
  state: State,
  id: string,
  change: CredentialChange,
  what = `Cannot set credential "${id}"`,
): State {
  const known = own(state.credentials, id)
  const refuse = (field: string, detail: string) => new InvalidInputError({ what, field, detail })
  const origins =
    change.origins ?? (known?.provider === change.provider ? known.origins : [...PROVIDER_ORIGINS[change.provider]])
  if (change.value !== undefined && change.origins === undefined) {
    const unconfirmed = foreignOrigins(change.provider, origins)
    if (unconfirmed.length > 0)
      throw refuse(
        'origins',
        `is missing; this credential may also be sent to ${unconfirmed.join(', ')}, and a new value confirms that anew: ` +
          `send "origins" with each address that may get it, such as ${JSON.stringify(origins)}`,
      )
  }
  if (change.value === undefined) {
    if (known === undefined) throw refuse('value', 'is missing; a new credential needs its value')
    if (known.provider !== change.provider) throw refuse('value', 'is missing; another provider needs another value')
    if (origins.some(origin => !known.origins.includes(origin)))
      throw refuse(
        'value',
        'is missing; allowing more origins needs the value once more, so that nobody else can send the key elsewhere',
      )
  }
  if (known === undefined && Object.keys(state.credentials).length >= MOST_CREDENTIALS)
    throw refuse('', `there are ${MOST_CREDENTIALS} credentials, which is the most; remove one that no route names`)
  const value = change.value ?? known?.value ?? ''
  const next: StoredCredential = { provider: change.provider, value, origins, source: 'dashboard' }
  return { ...state, credentials: { ...state.credentials, [id]: next } }
}

export function withoutCredential(state: State, id: string): State {
  const { [id]: _removed, ...credentials } = state.credentials
  return { ...state, credentials }
}

/** Keys from the environment fill what nobody set on the dashboard. They go to the provider's own origins: nothing there names others. */
export function seedCredentials(state: State, environment: Readonly<Record<string, string | undefined>>): State {
  const found = API_KINDS.flatMap(provider => {
    const value = environment[PROVIDER_VARIABLES[provider]]?.trim()
    if (!value || state.credentials[provider]?.source === 'dashboard') return []
    const origins = [...PROVIDER_ORIGINS[provider]]
    const credential: StoredCredential = { provider, value, origins, source: 'environment' }
    return [[provider, credential] as const]
  })
  return { ...state, credentials: { ...state.credentials, ...Object.fromEntries(found) } }
}

/** In a demonstration no real key is used: the demonstration provider has keys of its own. */
export function seedDemoCredentials(state: State, origin: string): State {
  const demo = API_KINDS.map(provider => {
    const credential: StoredCredential = {
      provider,
      value: DEMO_KEYS[provider],
      origins: [origin],
      source: 'environment',
    }
    return [provider, credential] as const
  })
  return { ...state, credentials: { ...state.credentials, ...Object.fromEntries(demo) } }
}

/** The credentials that a table's routes name: what its proxy is given, and nothing else. */
export function credentialsFor(
  state: State,
  endpoints: Endpoints,
): Record<string, { value: string; origins: string[] }> {
  const named = Object.values(endpoints).flatMap(route =>
    isApiRoute(route) && route.credential !== undefined ? [route.credential] : [],
  )
  const known = [...new Set(named)].flatMap(id => {
    const credential = own(state.credentials, id)
    return credential === undefined ? [] : [[id, { value: credential.value, origins: credential.origins }] as const]
  })
  return Object.fromEntries(known)
}

/** @throws {InvalidInputError} when a new or changed route would carry a credential to an origin it is not bound to */
export function checkCredentials(
  state: State,
  { before, endpoints }: { before: Endpoints; endpoints: Endpoints },
): void {
  for (const [name, route] of Object.entries(endpoints)) {
    if (!isApiRoute(route) || isDeepStrictEqual(route, own(before, name))) continue
    const origins = boundOrigins(route.credential, own(state.credentials, route.credential ?? '')?.origins)
    const problem = credentialProblem(route, origins)
    if (problem !== undefined)
      throw new InvalidInputError({
        what: 'Cannot save the table',
        field: `endpoints.${name}.baseUrl`,
        detail: problem,
      })
  }
}
