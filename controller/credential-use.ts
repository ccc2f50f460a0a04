/** Which routes a change of a credential would leave without it: it is refused before proxies meet it. */
import { InvalidInputError } from '../shared/protocol/errors.ts'
import { own } from '../shared/protocol/names.ts'
import { boundOrigins, credentialProblem, isApiRoute } from '../shared/protocol/route.ts'
import type { State } from './document.ts'

/** Routes named in one sentence. More are counted only. */
const NAMED = 5

/** Such as `GPT of alice`, with where it points. */
type Broken = { readonly place: string; readonly origin: string }

/** @throws {InvalidInputError} naming the routes that may carry a credential before a change of it, and may not after it */
export function checkUse(before: State, after: State, id: string): void {
  const broken = brokenRoutes(before, after, id)
  if (broken.length === 0) return
  const places = broken.slice(0, NAMED).map(({ place }) => place)
  const more = broken.length > NAMED ? ` and ${broken.length - NAMED} more` : ''
  const origins = [...new Set(broken.map(({ origin }) => origin))].slice(0, NAMED).join(', ')
  throw new InvalidInputError({
    what: `Cannot set credential "${id}"`,
    field: 'origins',
    detail: `leaves out ${origins}, where routes send this key: ${places.join(', ')}${more}. Keep it among the origins, or change these routes first`,
  })
}

function brokenRoutes(before: State, after: State, id: string): Broken[] {
  const [was, is] = [before, after].map(({ credentials }) => boundOrigins(id, own(credentials, id)?.origins))
  return Object.values(after.tables).flatMap(({ name: proxy, history: [{ endpoints }] }) =>
    Object.entries(endpoints).flatMap(([name, route]) =>
      isApiRoute(route) &&
      route.credential === id &&
      credentialProblem(route, was) === undefined &&
      credentialProblem(route, is) !== undefined
        ? [{ place: `${name} of ${proxy}`, origin: new URL(route.baseUrl).origin }]
        : [],
    ),
  )
}
