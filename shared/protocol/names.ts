/** Names of peers: what may be one, and how two of them are compared. */
import * as z from 'zod'

/** A peer's name: 1 to 32 letters, digits, `_` or `-`. Compared without case, shown as written in the table. */
export const PeerName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, "_" or "-"')
  .refine(name => !(name in Object.prototype), 'is a word that JavaScript keeps for itself; choose another')
  .describe('name of a peer')
export type PeerName = z.infer<typeof PeerName>

/** What a peer is called where people read: 1 to 64 characters, none that cannot be seen or that turns the text around it. */
export const DisplayName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^\P{C}*$/u, 'must not have characters that cannot be seen')
  .regex(/\S/, 'must not be blank')

/** The form under which a name is compared and stored as a key: names match without regard to case. */
export const nameKey = (name: string): string => name.toLowerCase()

export const sameName = (a: string, b: string): boolean => nameKey(a) === nameKey(b)

/** What a record itself has under a key: nothing for `constructor` and the like, which every object has. */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

/** The entry of a record whose name matches, with the case the record gives it. */
export function findByName<T>(
  entries: Readonly<Record<string, T>>,
  name: string,
): [name: string, value: T] | undefined {
  return Object.entries(entries).find(([candidate]) => sameName(candidate, name))
}
