/** Which of a route's parameters an API or a model does not take. */
import type { Parameters } from '../../shared/protocol/route.ts'

/** The names among `unsupported` that the route sets: they are left out of the request. */
export function leftOutOf(parameters: Parameters, unsupported: readonly (keyof Parameters)[]): (keyof Parameters)[] {
  return unsupported.filter(name => parameters[name] !== undefined)
}
