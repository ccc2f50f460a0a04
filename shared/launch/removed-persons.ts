/** What the configuration said of a person who was removed: kept beside the history, so that adding them again brings it back. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { Person } from '../../config/instance.ts'
import { SMALL } from '../process/open-file.ts'
import { stateFolder } from '../process/process-args.ts'
import { readText } from '../process/read-text.ts'
import { writeWholeJson } from './whole-file.ts'

/** The name of that file in the folder of the person's state. */
export const REMOVED = 'removed.json'

/** What is ours in whatever version wrote it. */
const Replaceable = z.looseObject({ kind: z.literal('person'), name: z.string() })

const fileOf = (data: string, name: string): string => join(stateFolder(data, name), REMOVED)

export function keepRemoved(person: Person, data: string): void {
  mkdirSync(stateFolder(data, person.name), { recursive: true, mode: 0o700 })
  writeWholeJson(fileOf(data, person.name), person, before => Replaceable.safeParse(before).success)
}

/** Undefined for somebody who never was there, and when the file is of no use: a person is added without it too. */
export function keptOf(name: string, data: string): Person | undefined {
  try {
    return Person.safeParse(JSON.parse(readText(fileOf(data, name), SMALL))).data
  } catch {
    return undefined
  }
}
