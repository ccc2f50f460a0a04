/** Two processes cannot listen at one address: found among the addresses of a configuration. */
import type * as z from 'zod'
import { type Address, addressText, readAddress } from './address.ts'
import type { Instance } from './instance.ts'

export type Addressed = { readonly controller?: string | undefined; readonly instances: readonly Instance[] }

/** Who listens at an address: a field of the configuration, or a process in words. */
export type Place = { readonly field: readonly (string | number)[]; readonly address: Address }

/** The addresses that a configuration names. */
export function fixedPlaces({ controller, instances }: Addressed): Place[] {
  const place = (text: string | undefined, ...field: (string | number)[]) =>
    text === undefined ? [] : [{ field, address: readAddress(text) }]
  return [
    ...place(controller, 'controller'),
    ...instances.flatMap((instance, index) => [
      ...place(instance.proxy, 'instances', index, 'proxy'),
      ...place(instance.kind === 'service' ? undefined : instance.peer, 'instances', index, 'peer'),
    ]),
  ]
}

/** The first two places with one address, in the order given. */
export function sharedPlaces(places: readonly Place[]): readonly [Place, Place] | undefined {
  const known = new Map<string, Place>()
  for (const place of places) {
    const text = addressText(place.address)
    const other = known.get(text)
    if (other !== undefined) return [other, place]
    known.set(text, place)
  }
  return undefined
}

/** Refuses a configuration that gives one address twice, naming both fields. */
export function checkAddresses(config: Addressed, context: z.RefinementCtx): void {
  const [one, other] = sharedPlaces(fixedPlaces(config)) ?? []
  if (one === undefined || other === undefined) return
  const message = `${addressText(other.address)} is the address of ${one.field.join('.')} already; each process needs one of its own`
  context.addIssue({ code: 'custom', path: [...other.field], message })
}
