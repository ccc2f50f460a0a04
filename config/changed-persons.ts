/** Persons who came and went by command: kept with the data and laid over the configuration, which only its user writes. */
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { jsonOf, readText } from '../shared/process/read-text.ts'
import { StartError } from '../shared/process/start-error.ts'
import { errorText, firstIssue } from '../shared/protocol/errors.ts'
import { PeerName, sameName } from '../shared/protocol/names.ts'
import { type Config, checkConfig, loadConfig } from './config.ts'
import { type Instance, Person } from './instance.ts'

const ChangedPersons = z.strictObject({
  added: z.array(Person).default([]),
  removed: z.array(PeerName).default([]).describe('whom the configuration has, and who is not there'),
})
export type ChangedPersons = z.infer<typeof ChangedPersons>

/** The file of the configuration, and the folder of the data. */
export type OverlayFiles = { readonly config: string; readonly data: string }

/** The name of the file in the data folder. */
export const PERSONS = 'persons.json'
export const personsFile = (data: string): string => join(data, PERSONS)

/** The configuration with the persons who came and went. @throws {StartError} naming the file, the field and what is allowed there */
export function loadOverlay(files: OverlayFiles): Config {
  return withChanges(loadConfig(files.config), readChangedPersons(files.data), files)
}

/**
 * Who is removed is not there, and who was added comes last. Whoever the configuration has under the same name goes before an
 * added one: what somebody wrote by hand counts.
 * @throws {ConfigError} when the two do not fit together
 */
export function withChanges(config: Config, changed: ChangedPersons, files: OverlayFiles): Config {
  if (changed.added.length + changed.removed.length === 0) return config
  const stay = config.instances.filter(({ name }) => !changed.removed.some(removed => sameName(removed, name)))
  const come = changed.added.filter(({ name }) => !has(stay, name))
  return checkConfig({ ...config, instances: [...stay, ...come] }, `${files.config} with ${personsFile(files.data)}`)
}

/** Nobody came or went where there is no such file. @throws {StartError} naming the file and the field */
export function readChangedPersons(data: string): ChangedPersons {
  const file = personsFile(data)
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined
    ? parseChangedPersons(textIn(file), file)
    : { added: [], removed: [] }
}

/** @throws {StartError} */
export function parseChangedPersons(text: string, file: string): ChangedPersons {
  const result = ChangedPersons.safeParse(text === '' ? {} : parse(text, file))
  if (result.success) return result.data
  const { field, detail } = firstIssue(result.error)
  throw unusable(file, `${field || 'it'} ${detail}`)
}

/** With the line ends of the text that it replaces. */
export function changedPersonsText(changed: ChangedPersons, before: string): string {
  const text = `${JSON.stringify(changed, null, 2)}\n`
  return before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text
}

/** What the file changes in a configuration, in words; undefined where it changes nothing. */
export function changesInWords(config: Config, changed: ChangedPersons): string | undefined {
  const isHidden = (name: string) =>
    has(
      changed.removed.map(removed => ({ name: removed })),
      name,
    )
  const words = [
    ...changed.added.flatMap(({ name }) => {
      if (!has(config.instances, name)) return [`${name} added`]
      return isHidden(name) ? [`${name} replaced`] : []
    }),
    ...config.instances.flatMap(({ name }) => (isHidden(name) && !has(changed.added, name) ? [`${name} removed`] : [])),
  ]
  return words.length === 0 ? undefined : words.join(', ')
}

export const has = (instances: readonly Pick<Instance, 'name'>[], name: string): boolean =>
  instances.some(instance => sameName(instance.name, name))

function textIn(file: string): string {
  try {
    return readText(file)
  } catch (error) {
    throw unusable(file, errorText(error))
  }
}

function parse(text: string, file: string): unknown {
  try {
    return jsonOf(text)
  } catch (error) {
    throw unusable(file, errorText(error))
  }
}

const unusable = (file: string, detail: string): StartError =>
  new StartError(`Cannot use ${file}, which says who was added and removed: ${detail}. Mend it, or move it away.`)
