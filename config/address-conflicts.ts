/** Two processes cannot listen at one address: found among the addresses of a configuration. */
import { type Address, addressText, readAddress } from './address.ts'
import type { Instance } from './instance.ts'

export type Addressed = { readonly controller?: string | undefined; readonly instances: readonly Instance[] }

/** What is not valid by itself is missing. */
export type Partly<T extends { readonly instances: readonly Instance[] }> = Omit<T, 'instances'> & {
  readonly instances: readonly (Instance | undefined)[]
}
export type Refuse = (field: readonly (string | number)[], message: string) => void

/** Who listens at an address: a field of the configuration, or a process; `words` say which. */
export type Place = { readonly field: readonly (string | number)[]; readonly words: string; readonly address: Address }

/** The addresses that a configuration names. */
export function fixedPlaces({ controller, instances }: Partly<Addressed>): Place[] {
  const place = (text: string | undefined, words: string, ...field: (string | number)[]) =>
    text === undefined ? [] : [{ field, words, address: readAddress(text) }]
  return [
    ...place(controller, 'controller', 'controller'),
    ...instances.flatMap((instance, index) => {
      if (instance === undefined) return []
      const { name, proxy } = instance
      return [
        ...place(proxy, `instances.${name}.proxy`, 'instances', index, 'proxy'),
        ...place(
          instance.kind === 'service' ? undefined : instance.peer,
          `instances.${name}.peer`,
          'instances',
          index,
          'peer',
        ),
      ]
    }),
  ]
}

/** Each place whose address another one before it has, behind that one, in the order given. */
export function sharedPlaces(places: readonly Place[]): (readonly [Place, Place])[] {
  const known = new Map<string, Place>()
  return places.flatMap(place => {
    const text = addressText(place.address)
    const other = known.get(text)
    if (other !== undefined) return [[other, place] as const]
    known.set(text, place)
    return []
  })
}

/** Refuses a configuration that gives one address twice, naming both fields. */
export function checkAddresses(config: Partly<Addressed>, refuse: Refuse): void {
  for (const [one, other] of sharedPlaces(fixedPlaces(config)))
    refuse(
      other.field,
      `${addressText(other.address)} is the address of ${one.words} already; each process needs one of its own`,
    )
}
