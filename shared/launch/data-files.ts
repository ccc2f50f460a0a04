/** What of a data folder is worth keeping: the stores of each instance, the controller's document, who was added and removed, the key. */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PERSONS } from '../../config/changed-persons.ts'
import { REMOVED } from './removed-persons.ts'

/**
 * The stores, each with the number of its migrations that this version knows. A proxy comes before its peer: it forgets
 * what its peer has, and its peer hands over again what it does not know, so that an older proxy beside a newer peer is
 * a state that the two put right by themselves, and a newer proxy beside an older peer a message that nobody has.
 */
export const STORE_SCHEMAS: Readonly<Record<string, number>> = { 'proxy.db': 3, 'peer.db': 6, 'service.db': 3 }

const STORES = Object.keys(STORE_SCHEMAS)
const KEY = 'overlay.key'
const DOCUMENTS = ['controller.json', REMOVED]

/** Paths within the data folder, in the order in which they are to be copied. */
export function dataFiles(data: string): string[] {
  const folders = folderNames(data)
  const stores = STORES.flatMap(store => folders.map(folder => join(folder, store)))
  const documents = DOCUMENTS.flatMap(document => folders.map(folder => join(folder, document)))
  return [...stores, ...documents, PERSONS, KEY].filter(file => existsSync(join(data, file)))
}

/** Whether a path within a folder is that of such a file, or of what SQLite puts beside a store. */
export function isDataFile(path: string): boolean {
  const [name = '', ...folders] = path.split('/').reverse()
  const inFolder = [
    ...STORES.flatMap(store => [store, `${store}-wal`, `${store}-shm`, `${store}-journal`]),
    ...DOCUMENTS,
  ]
  if (folders.length === 1) return inFolder.includes(name)
  return folders.length === 0 && [PERSONS, KEY].includes(name)
}

/** What holds those files at the top of the data folder: moved as a whole. Logs and bundles are not among it. */
export const dataEntries = (data: string): string[] => [
  ...new Set(dataFiles(data).map(file => (dirname(file) === '.' ? file : dirname(file)))),
]

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const folderNames = (data: string): string[] =>
  !existsSync(data)
    ? []
    : readdirSync(data, { withFileTypes: true })
        // A folder may lie on another disk, with a link here that leads to it.
        .filter(entry => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(data, entry.name))))
        .map(({ name }) => name)
        .sort()

/** Waits until a file, or the names in a folder, are on disk. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A time as it may stand in a file's name, in UTC: `2026-01-02T03-04-05`. */
export const timeStamp = (now: Date): string => now.toISOString().slice(0, 19).replaceAll(':', '-')
