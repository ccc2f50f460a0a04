/** Which credential a call carries; where a key is missing, the answer says where to put one. */
import { PROVIDER_VARIABLES } from '../shared/protocol/route.ts'
import type { TurnParts } from './ask-in-turn.ts'
import type { Routing } from './routing.ts'

/** @param dashboard its address, for the person to open */
export function credentialOf(routing: Routing, dashboard: string): TurnParts['credential'] {
  return (name, route) => {
    if (route.credential === undefined) return undefined
    const known = routing.credential(route.credential)
    const problem = routing.unusable(route)
    if (problem !== undefined) {
      const message = `${name} cannot be asked: its route ${problem}. Change the route (${dashboard}/#/proxies), or where the key may be sent (${dashboard}/#/credentials).`
      return { code: 'not_allowed', message, retryable: false }
    }
    if (known !== undefined) return known
    // The environment sets a provider's own credential, and no other.
    const variable =
      route.credential === route.kind ? `, or set ${PROVIDER_VARIABLES[route.kind]} in .env and restart` : ''
    const message = routing.heardCredentials
      ? `${name} needs an API key. Add one to the credential "${route.credential}" in the dashboard (${dashboard}/#/credentials)${variable}.`
      : `The API key for ${name} is not known to this proxy: keys come from the controller, which was not reachable since this proxy started.`
    return { code: 'wrong_key', message, retryable: false }
  }
}
