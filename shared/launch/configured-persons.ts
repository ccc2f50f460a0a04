/** One person more or fewer beside the configuration: judged by its schema before anything is written, and kept with the data. */

import { mkdirSync } from 'node:fs'
import { addressText, linkTo } from '../../config/address.ts'
import { addressesOf } from '../../config/addresses.ts'
import {
  type ChangedPersons,
  changedPersonsText,
  has,
  type OverlayFiles,
  parseChangedPersons,
  personsFile,
  withChanges,
} from '../../config/changed-persons.ts'
import { type Config, ConfigError, checkConfig, loadConfig } from '../../config/config.ts'
import type { Instance, Person } from '../../config/instance.ts'
import { type Ports, portsFrom } from '../../config/ports.ts'
import { StartError } from '../process/start-error.ts'
import { sameName } from '../protocol/names.ts'
import { allFree } from './free-ports.ts'
import { instancePorts, planPorts } from './overlay.ts'
import { keepRemoved, keptOf } from './removed-persons.ts'
import { changeTextFile } from './text-file.ts'

/** An instance has an n from 0 to this one. */
const HIGHEST_N = 999

/** `shipped`: as the configuration has it. `config`: with who came and went. */
type Present = { readonly changed: ChangedPersons; readonly shipped: Config; readonly config: Config }

/**
 * Adds a person: as the configuration has them, where it does and their ports are free; else with the smallest n of which all
 * ports are free, as they were when they were removed, where that is known and still valid, else as somebody who answers by hand.
 * @throws {StartError} naming the field, when the name is taken or is none; nothing is written then
 */
export async function configurePerson(name: string, place: OverlayFiles & { portBase: number }): Promise<Person> {
  let person: Person = { kind: 'person', name, n: HIGHEST_N, mode: 'manual' }
  const ports = portsFrom(place.portBase)
  await changePersons(place, async ({ changed, shipped, config }) => {
    const own = shipped.instances.find(instance => sameName(instance.name, name) && !has(config.instances, name))
    if (own?.kind === 'person' && (await isFree(config, { person: own, ports }))) {
      person = own
      return { ...changed, removed: changed.removed.filter(removed => !sameName(removed, name)) }
    }
    const before = own?.kind === 'person' ? own : keptOf(name, place.data)
    if (before !== undefined && isValid(config, { person: before, file: place.config })) person = before
    requireValid(config, { person, file: place.config })
    person = { ...person, n: await freeNumber(config, { person, ports }) }
    return { ...changed, added: [...without(changed.added, name), person] }
  })
  return person
}

/** @throws {StartError} for what is no person, or unknown, or the last one; nothing is written then */
export async function unconfigurePerson(name: string, place: OverlayFiles): Promise<Person> {
  let removed: Person | undefined
  await changePersons(place, present => {
    removed = requireRemovable(present.config.instances, { name, file: place.config })
    keepRemoved(removed, place.data)
    return withoutPerson(removed.name, present)
  })
  if (removed === undefined) throw new Error('unreachable: the change ran')
  return removed
}

/** Where a person's page and proxy are, in words. */
export function placesOf(person: Person, portBase: number): { peer: string; proxy: string } {
  const { peer, proxy } = addressesOf({ instances: [person] }, portsFrom(portBase))
  return { peer: linkTo(peer(person)), proxy: addressText(proxy(person)) }
}

/** Takes back what {@link configurePerson} did, whatever else has changed meanwhile. */
export const undoPerson = (name: string, place: OverlayFiles): Promise<void> =>
  changePersons(place, present => withoutPerson(name, present))

/** Checked before it is written: what does not fit the configuration is refused. */
async function changePersons(
  files: OverlayFiles,
  change: (present: Present) => ChangedPersons | Promise<ChangedPersons>,
): Promise<void> {
  const file = personsFile(files.data)
  mkdirSync(files.data, { recursive: true, mode: 0o700 })
  await changeTextFile(file, async text => {
    const changed = parseChangedPersons(text, file)
    const shipped = loadConfig(files.config)
    const next = await change({ changed, shipped, config: withChanges(shipped, changed, files) })
    withChanges(shipped, next, files)
    return changedPersonsText(next, text)
  })
}

function withoutPerson(name: string, { changed, shipped }: Present): ChangedPersons {
  const own = shipped.instances.find(instance => sameName(instance.name, name))
  const removed = changed.removed.filter(other => !sameName(other, name))
  return { added: without(changed.added, name), removed: own === undefined ? removed : [...removed, own.name] }
}

const without = (persons: readonly Person[], name: string): Person[] =>
  persons.filter(person => !sameName(person.name, name))

function requireRemovable(instances: readonly Instance[], { name, file }: { name: string; file: string }): Person {
  const persons = instances.filter(({ kind }) => kind === 'person')
  const known = persons.map(person => person.name).join(', ')
  const instance = instances.find(candidate => sameName(candidate.name, name))
  if (instance === undefined)
    throw new StartError(`Cannot remove "${name}": nobody here has that name. Persons there: ${known}.`)
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

type Candidate = { readonly person: Person; readonly ports: Ports }

/** Whether nobody else has its n or its ports, in the configuration or on this machine. */
async function isFree(config: Config, { person, ports }: Candidate): Promise<boolean> {
  const addresses = addressesOf(config, ports)
  const planned = new Set(planPorts(config.instances, { addresses, demo: true }).map(addressText))
  const wanted = instancePorts(person, { addresses })
  if (config.instances.some(({ n }) => n === person.n) || wanted.some(place => planned.has(addressText(place))))
    return false
  return await allFree(wanted)
}

/** @throws {StartError} when there is none */
async function freeNumber(config: Config, { person, ports }: Candidate): Promise<number> {
  for (let n = 0; n <= HIGHEST_N; n += 1) if (await isFree(config, { person: { ...person, n }, ports })) return n
  throw new StartError(`Cannot add "${person.name}": no n from 0 to ${HIGHEST_N} is left of which both ports are free.`)
}
