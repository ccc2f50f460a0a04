/** One person more or fewer in the file of the configuration: judged by its schema before anything is written. */

import { addressText, linkTo } from '../../config/address.ts'
import { addressesOf } from '../../config/addresses.ts'
import { type Config, ConfigError, checkConfig } from '../../config/config.ts'
import type { Instance, Person } from '../../config/instance.ts'
import { withInstance, withoutInstance } from '../../config/instances-text.ts'
import { type Ports, portsFrom } from '../../config/ports.ts'
import { StartError } from '../process/start-error.ts'
import { sameName } from '../protocol/names.ts'
import { allFree } from './free-ports.ts'
import { instancePorts, planPorts } from './overlay.ts'
import { keepRemoved, keptOf } from './removed-persons.ts'
import { changeTextFile } from './text-file.ts'

/** An instance has an n from 0 to this one. */
const HIGHEST_N = 999

type Place = { readonly config: string; readonly data: string; readonly portBase: number }

/**
 * Writes a person into the configuration, with the smallest n of which all ports are free: as they were when they were
 * removed, where that is known and still valid, else as somebody who answers by hand.
 * @throws {StartError} naming the field, when the name is taken or is none; nothing is written then
 */
export async function configurePerson(name: string, { config: file, data, portBase }: Place): Promise<Person> {
  let person: Person = { kind: 'person', name, n: HIGHEST_N, mode: 'manual' }
  const kept = keptOf(name, data)
  await changeTextFile(file, async text => {
    const config = parse(text, file)
    if (kept !== undefined && isValid(config, { person: kept, file })) person = kept
    requireValid(config, { person, file })
    person = { ...person, n: await freeNumber(config, { person, ports: portsFrom(portBase) }) }
    const changed = withInstance(text, person)
    parse(changed, file)
    return changed
  })
  return person
}

/**
 * Takes a person out of the configuration.
 * @throws {StartError} for what is no person, or unknown, or the last one; nothing is written then
 */
export async function unconfigurePerson(
  name: string,
  { config: file, data }: Omit<Place, 'portBase'>,
): Promise<Person> {
  let removed: Person | undefined
  await changeTextFile(file, text => {
    const { instances } = parse(text, file)
    removed = requireRemovable(instances, { name, file })
    const changed = withoutInstance(text, instances.indexOf(removed))
    parse(changed, file)
    keepRemoved(removed, data)
    return changed
  })
  if (removed === undefined) throw new Error('unreachable: the change ran')
  return removed
}

/** Where a person's page and proxy are, in words. */
export function placesOf(person: Person, portBase: number): { peer: string; proxy: string } {
  const { peer, proxy } = addressesOf({ instances: [person] }, portsFrom(portBase))
  return { peer: linkTo(peer(person)), proxy: addressText(proxy(person)) }
}

/** Takes out again what {@link configurePerson} wrote, whatever else has changed meanwhile. */
export const undoPerson = (name: string, file: string): Promise<void> =>
  changeTextFile(file, text => {
    const index = parse(text, file).instances.findIndex(instance => sameName(instance.name, name))
    return index === -1 ? text : withoutInstance(text, index)
  })

function requireRemovable(instances: readonly Instance[], { name, file }: { name: string; file: string }): Person {
  const persons = instances.filter(({ kind }) => kind === 'person')
  const known = persons.map(person => person.name).join(', ')
  const instance = instances.find(candidate => sameName(candidate.name, name))
  if (instance === undefined)
    throw new StartError(`Cannot remove "${name}": nobody in ${file} has that name. Persons there: ${known}.`)
  if (instance.kind !== 'person')
    throw new StartError(
      `Cannot remove "${instance.name}": it is ${instance.kind === 'assistant' ? 'an assistant' : 'a service'}, no person. Take it out of ${file} by hand and start anew. Persons there: ${known}.`,
    )
  if (persons.length === 1)
    throw new StartError(
      `Cannot remove "${instance.name}": that is the last person, and an overlay without one has nobody to write. Add another first: npx tsx startup.ts add NAME`,
    )
  return instance
}

/** @throws {ConfigError | StartError} */
function parse(text: string, file: string): Config {
  try {
    return checkConfig(JSON.parse(text), file)
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new StartError(`Cannot use configuration ${file}: it is not JSON (${error.message}).`)
    throw error
  }
}

function isValid(config: Config, { person, file }: { person: Person; file: string }): boolean {
  try {
    requireValid(config, { person, file })
    return true
  } catch (error) {
    if (error instanceof StartError) return false
    throw error
  }
}

/** The schema names the field by its place in the list; here it is the field of the one that is to come. */
function requireValid(config: Config, { person, file }: { person: Person; file: string }): void {
  const { instances } = config
  const taken = new Set(instances.map(({ n }) => n))
  const n = Array.from({ length: HIGHEST_N + 1 }, (_, candidate) => candidate).find(candidate => !taken.has(candidate))
  try {
    checkConfig({ ...config, instances: [...instances, { ...person, n }] }, file)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const field = error.field.replace(`instances.${instances.length}.`, '')
    throw new StartError(`Cannot add "${person.name}": ${field} ${error.detail}.`)
  }
}

/** @throws {StartError} when there is none */
async function freeNumber(config: Config, { person, ports }: { person: Person; ports: Ports }): Promise<number> {
  const taken = new Set(config.instances.map(({ n }) => n))
  const addresses = addressesOf(config, ports)
  const planned = new Set(planPorts(config.instances, { addresses, demo: true }).map(addressText))
  for (let n = 0; n <= HIGHEST_N; n += 1) {
    const wanted = instancePorts({ ...person, n }, { addresses })
    if (taken.has(n) || wanted.some(place => planned.has(addressText(place)))) continue
    if (await allFree(wanted)) return n
  }
  throw new StartError(`Cannot add "${person.name}": no n from 0 to ${HIGHEST_N} is left of which both ports are free.`)
}
