/** Which of a route's parameters an API or a model does not take, or not as they are. */
import type { Parameters } from '../../shared/protocol/route.ts'
import { wellFormed } from './well-formed.ts'

/** The names among `unsupported` that the route sets: they are left out of the request. */
export function leftOutOf(parameters: Parameters, unsupported: readonly (keyof Parameters)[]): (keyof Parameters)[] {
  return unsupported.filter(name => parameters[name] !== undefined)
}

/** The stop texts; none where the list is empty, which APIs refuse. */
export function stopsOf({ stop = [] }: Parameters): string[] | undefined {
  return stop.length === 0 ? undefined : stop.map(wellFormed)
}

/** A temperature for an API whose range ends at 1, and what is to be said of it when that is less than was asked for. */
export function upToOne(temperature: number): { readonly sent: number; readonly leftOut: readonly string[] } {
  return temperature > 1 ? { sent: 1, leftOut: ['temperature above 1'] } : { sent: temperature, leftOut: [] }
}
