/** What the configuration said of a person who was removed: kept beside the history, so that adding them again brings it back. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Person } from '../../config/instance.ts'
import { stateFolder } from '../process/process-args.ts'

const fileOf = (data: string, name: string): string => join(stateFolder(data, name), 'removed.json')

export function keepRemoved(person: Person, data: string): void {
  mkdirSync(stateFolder(data, person.name), { recursive: true, mode: 0o700 })
  writeFileSync(fileOf(data, person.name), `${JSON.stringify(person)}\n`, { mode: 0o600 })
}

/** Undefined for somebody who never was there, and when the file is of no use: a person is added without it too. */
export function keptOf(name: string, data: string): Person | undefined {
  try {
    return Person.safeParse(JSON.parse(readFileSync(fileOf(data, name), 'utf8'))).data
  } catch {
    return undefined
  }
}
